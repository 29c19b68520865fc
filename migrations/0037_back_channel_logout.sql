-- Where a client is told that a person's session there is over (OpenID Connect Back-Channel Logout 1.0 §2.2).
alter table clients
add column backchannel_logout_uri text,
-- Whether it wants `sid` in each logout token. It is always there.
add column backchannel_logout_session_required boolean not null default false;
