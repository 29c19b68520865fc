-- Factors that an administrator takes, and who may have others after that (functions/README.md, "Factors").

alter table sessions
-- Began with the password and the link that was mailed when the factors were taken: until the account has a factor again,
-- this session alone sets one up. Of two facts that an account remembers, the password could be another one by then, set
-- by whoever reads the mailbox.
add column restores_factors boolean not null default false;

-- As before (0007), but the link that is mailed with a reset of factors outlives the password's epoch that the same
-- statement raises. A password that is set later ends it as any other: with it, the mailbox alone would be enough.
create or replace function void_tokens() returns trigger
language plpgsql
as $$
begin
  update one_time_tokens
  set voided_at = new.updated_at
  where
    user_id = new.user_id
    and used_at is null
    and voided_at is null
    and (
      purpose <> 'reset_factors'
      or new.factors_reset_at is not distinct from old.factors_reset_at
      or created_at is distinct from new.factors_reset_at
    );
  return null;
end
$$;

-- A factor that is added at this moment is there when the statement has waited for the account's row, and is not seen by it:
-- this sees it.
create function take_factors() returns trigger
language plpgsql
as $$
begin
  delete from factors where user_id = new.user_id;
  return null;
end
$$;

create trigger users_take_factors
after update on users
for each row
when (new.factors_reset_at is not null and old.factors_reset_at is distinct from new.factors_reset_at)
execute function take_factors();

-- As before (0009). What an administrator stated as the reason is a text about the person, so it goes, too.
create or replace function erase_audited_origin() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.audit_log
  set ip_address = null
  where actor_id = old.user_id or (user_id = old.user_id and actor_id is null);
  update public.audit_log
  set detail = detail - 'stated_reason'
  where user_id = old.user_id and detail ? 'stated_reason';
  return null;
end
$$;
