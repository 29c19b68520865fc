-- Changes of an account's address: asked for, proved, undone (functions/README.md, "One-time links").

create table email_changes (
  -- What its links carry: the one that proves the new address, and the one of the old address that undoes it.
  change_id uuid constraint email_changes_pkey primary key,
  user_id uuid not null constraint email_changes_user references users on delete cascade,
  -- That asked: its end ends a change that nobody has proved yet.
  session_id uuid not null,
  -- When it was asked for: so does another password.
  password_epoch integer not null,
  old_email text not null,
  old_email_key text not null,
  -- Null: nobody had proved the old address, and nothing gives the account back to it.
  old_verified_at timestamptz,
  new_email text not null,
  new_email_key text not null,
  -- HMAC of the new address, as mails are stopped by it (0017).
  new_mailbox_key bytea not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  -- Before it was confirmed.
  cancelled_at timestamptz,
  -- After that.
  undone_at timestamptz,
  -- Of the call that confirmed, or ended it, so that its retry after a lost answer is told from a second use.
  confirmation_id uuid,
  end_id uuid,
  constraint email_changes_confirmed_whole check ((confirmed_at is null) = (confirmation_id is null)),
  constraint email_changes_ended_whole check ((coalesce(cancelled_at, undone_at) is null) = (end_id is null)),
  constraint email_changes_confirmed_or_cancelled check (confirmed_at is null or cancelled_at is null),
  constraint email_changes_undone_after check (undone_at is null or confirmed_at is not null)
);

create index email_changes_of_user on email_changes (user_id, change_id);
-- For the sweep.
create index email_changes_by_end on email_changes (expires_at);

grant select, insert, update, delete on email_changes to identity_application;
