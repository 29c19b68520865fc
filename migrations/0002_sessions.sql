-- Sessions: one row each, its refresh chain in it as two hashes (functions/README.md).

create table sessions (
  session_id uuid primary key,
  user_id uuid not null constraint sessions_user references users on delete cascade,
  -- The active organisation; null without one.
  org_id uuid constraint sessions_organization references organizations on delete set null,
  -- Over as soon as the account's is another.
  password_epoch integer not null,
  device_name text,
  user_agent text,
  ip_address text not null,
  generation integer not null default 0,
  -- SHA-256 of the refresh token of this generation, and of the one before.
  current_hash bytea not null,
  previous_hash bytea,
  rotated_at timestamptz not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  idle_expires_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text,
  constraint sessions_revoked_whole check ((revoked_at is null) = (revoked_reason is null)),
  constraint sessions_revoked_reason check (
    revoked_reason in ('logout', 'user', 'admin', 'password_change', 'password_reset', 'reuse_detected', 'expired')
  )
)
-- Room on each page for the row's next version.
with (fillfactor = 70);

create index sessions_of_user on sessions (user_id, created_at);
create index sessions_of_organization on sessions (org_id) where org_id is not null;
-- For the sweep. On nothing that a refresh changes: its update then touches no index (a heap-only tuple).
create index sessions_by_end on sessions (expires_at);
create index sessions_revoked on sessions (revoked_at) where revoked_at is not null;
-- Changes at each refresh, and may: a summary of pages does not keep a row's next version from its page.
create index sessions_by_idle_end on sessions using brin (idle_expires_at);

grant select, insert, update, delete on sessions to identity_application;
