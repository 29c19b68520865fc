-- Clients that nobody here has made: registered by themselves (RFC 7591), or known by the document that their id is the
-- address of (functions/README.md, "From request to code").

alter table clients
drop constraint clients_source,
-- There are few by now, so checking them takes no time under the lock.
add constraint clients_source check (source in ('settings', 'command', 'registration', 'document')),
-- SHA-256 of the token by which it sees, changes and removes its own registration (RFC 7592).
add column registration_hash bytea,
-- Until when its document counts as it was read; null of clients that have none.
add column fresh_until timestamptz,
-- When to look whether anybody uses it: unused, it goes. Null of clients that stay.
add column idle_at timestamptz;

create index clients_by_idle on clients (idle_at) where idle_at is not null;

-- By which others may register clients, where not everybody may: kept as a hash, with an end.
create table registration_tokens (
  token_id uuid constraint registration_tokens_pkey primary key,
  -- As operators tell them apart.
  name text not null,
  token_hash bytea not null constraint registration_tokens_hash unique,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index registration_tokens_by_end on registration_tokens (expires_at);

grant select, insert, update, delete on registration_tokens to identity_application;
