-- One-time links, by id alone: what opens one is made when its mail is sent and is kept nowhere (functions/README.md).

create table one_time_tokens (
  token_id uuid primary key,
  user_id uuid not null constraint one_time_tokens_user references users on delete cascade,
  purpose text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- Of the call that used it, so that its retry after a lost answer is told from a second use.
  redemption_id uuid,
  -- Ended before its time: a newer one, another password, another address.
  voided_at timestamptz,
  constraint one_time_tokens_purpose check (purpose in ('verify_email', 'reset_password')),
  constraint one_time_tokens_used_whole check ((used_at is null) = (redemption_id is null)),
  constraint one_time_tokens_used_or_voided check (used_at is null or voided_at is null)
);

create index one_time_tokens_of_user on one_time_tokens (user_id, purpose);
-- For the sweep.
create index one_time_tokens_by_end on one_time_tokens (expires_at);

-- A new link ends the older ones (S27). Under the account's row lock, and as statements of their own that see what was
-- committed while they waited for it: of two requests at once, one link is left.
create function void_older_tokens() returns trigger
language plpgsql
as $$
begin
  perform from users where user_id = new.user_id for no key update;
  update one_time_tokens
  set voided_at = new.created_at
  where
    user_id = new.user_id
    and purpose = new.purpose
    -- Itself already there: the statement's earlier try, whose answer was lost.
    and token_id <> new.token_id
    and used_at is null
    and voided_at is null;
  return new;
end
$$;

create trigger one_time_tokens_newest_alone
before insert on one_time_tokens
for each row execute function void_older_tokens();

-- So do another password and another address, whoever changes them (S27). The link that changes one is used by then.
create function void_tokens() returns trigger
language plpgsql
as $$
begin
  update one_time_tokens
  set voided_at = new.updated_at
  where user_id = new.user_id and used_at is null and voided_at is null;
  return null;
end
$$;

create trigger users_void_tokens
after update on users
for each row
when (old.password_epoch is distinct from new.password_epoch or old.email_key is distinct from new.email_key)
execute function void_tokens();

grant select, insert, update, delete on one_time_tokens to identity_application;
