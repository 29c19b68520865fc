-- One entry for every security event (S54). Append only: the application's role can neither change nor delete one.

create table audit_log (
  entry_id uuid primary key default uuidv7(),
  occurred_at timestamptz not null,
  action text not null,
  -- Whose account it concerns; stays when the account goes, so no foreign key.
  user_id uuid,
  -- Who did it, where that is somebody else.
  actor_id uuid,
  ip_address text,
  correlation_id uuid not null,
  detail jsonb not null default '{}'
);

create index audit_log_of_user on audit_log (user_id, entry_id);

grant select, insert on audit_log to identity_application;
