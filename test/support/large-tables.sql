-- A service that has been in use: rows enough that reading a table from its beginning is never the better plan.
-- 20,000 people, each with a session, a membership and a past.

-- Rows that are known to be right go without triggers and checks of foreign keys, which take twice as long as the rows.
set local session_replication_role = replica;

insert into users (user_id, email, email_key, password_hash, registered_at, updated_at)
select uuidv7(), 'past-' || n || '@example.com', 'past-' || n || '@example.com', '$argon2id$', now(), now()
from generate_series(1, 20000) as n;

insert into organizations (org_id, name, created_at)
select uuidv7(), 'School ' || n, now()
from generate_series(1, 20000) as n;

insert into memberships (org_id, user_id, roles, created_at)
select o.org_id, u.user_id, '{member}', now()
from
  (select org_id, row_number() over () as n from organizations) as o
  join (select user_id, row_number() over () as n from users) as u using (n);

insert into sessions (
  session_id, user_id, org_id, password_epoch, ip_address, current_hash, rotated_at, created_at, last_seen_at,
  idle_expires_at, expires_at
)
select
  uuidv7(), user_id, org_id, 0, '192.0.2.1', sha256(user_id::text::bytea), now(), now(), now(),
  now() + interval '30 days', now() + interval '90 days'
from memberships;

insert into event_sequences (aggregate_id, sequence)
select user_id, 1
from users;

insert into event_outbox (
  event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at, published_at
)
select uuidv7(), 'huleedu.identity.user.registered.v1', 'user', user_id, 1, uuidv7(),
  jsonb_build_object('user_id', user_id, 'email', email), now(), now(), now()
from users;

insert into audit_log (occurred_at, action, user_id, actor_id, ip_address, correlation_id)
select now(), 'login.succeeded', user_id, user_id, '192.0.2.1', uuidv7()
from users;

insert into rate_limits (key, window_start, hits, expires_at)
select sha256(user_id::text::bytea), now(), 1, now() + interval '1 hour'
from users;

insert into login_failures (address_key, failures, failed_at)
select sha256(user_id::text::bytea), 1, now()
from users;

insert into one_time_tokens (token_id, user_id, purpose, created_at, expires_at)
select uuidv7(), user_id, 'verify_email', now(), now() + interval '1 day'
from users;

insert into email_changes (
  change_id, user_id, session_id, password_epoch, old_email, old_email_key, old_verified_at, new_email, new_email_key,
  new_mailbox_key, requested_at, expires_at
)
select
  uuidv7(), user_id, uuidv7(), 0, email, email_key, now(), 'new-' || email, 'new-' || email_key,
  sha256(email_key::bytea), now(), now() + interval '1 day'
from users;

insert into inbox (consumer, event_id, received_at, done_at)
select 'send-email', event_id, now(), now()
from event_outbox;

insert into invitations (org_id, email_key, email, token_id, roles, invited_by, created_at, expires_at)
select org_id, 'guest-' || user_id, 'guest-' || user_id, uuidv7(), '{member}', user_id, now(), now() + interval '7 days'
from memberships;

insert into mails (mail_id, address_key, user_id, message_id, has_link, sent_at)
select uuidv7(), sha256(email::bytea), user_id, user_id, false, now()
from users;

insert into suppressed_addresses (address_key, user_id, reason, links_too, suppressed_at)
select sha256(email::bytea), user_id, 'bounce', true, now()
from users;

insert into clients (
  client_id, kind, name, grants, audiences, authentication, refresh, source, consent_hash, created_at, updated_at
)
select 'c_past-' || n, 'public', 'Past', '{authorization_code}', '{platform}', 'none', 'rotates', 'command', '',
  now(), now()
from generate_series(1, 20000) as n;

insert into client_secrets (secret_id, client_id, secret_hash, created_at)
select uuidv7(), client_id, sha256(client_id::bytea), now()
from clients;

insert into client_logos (client_id, logo_uri, fetched_at)
select client_id, '', now()
from clients;

insert into consents (consent_id, user_id, client_id, scopes, consent_hash, given_at)
select uuidv7(), user_id, 'c_past-' || row_number() over (), '{openid}', '', now()
from users;

insert into authorization_codes (
  code_hash, client_id, user_id, password_epoch, browser_session_id, scope, auth_time, created_at, expires_at
)
select sha256(user_id::text::bytea), 'c_past-1', user_id, 0, uuidv7(), '{openid}', now(), now(), now()
from users;

insert into device_codes (
  device_hash, user_code, client_id, scope, user_id, ip_address, interval_seconds, created_at, expires_at
)
select sha256(user_id::text::bytea), user_id::text, 'c_past-1', '{openid}', user_id, '', 5, now(), now()
from users;

insert into pushed_requests (request_hash, client_id, parameters, created_at, expires_at)
select sha256(user_id::text::bytea), 'c_past-1', '{}', now(), now()
from users;

insert into factors (factor_id, user_id, kind, code_hashes, confirmed_at, created_at)
select uuidv7(), user_id, 'recovery', '{"\\x00"}', now(), now()
from users;

insert into used_once (purpose, id_hash, expires_at, attempt_id)
select 'client-assertion', sha256(user_id::text::bytea), now(), user_id
from users;

insert into deleted_statuses (status_index, deleted_at)
select nextval('session_status_indexes'), now() - interval '3 hours'
from generate_series(1, 20000);

insert into removed_clients (client_id, removed_at)
select 'c_gone-' || n, now()
from generate_series(1, 20000) as n;

insert into registration_tokens (token_id, name, token_hash, created_at, expires_at)
select uuidv7(), 'Past', sha256(n::text::bytea), now(), now()
from generate_series(1, 20000) as n;
