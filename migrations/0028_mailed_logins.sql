-- Login by mail: one-time links of a further purpose, each with a code (functions/README.md, "One-time links").

alter table one_time_tokens
-- SHA-256 of the `login_id` that the asking browser was given: the mailed code is a MAC over it.
add column login_hash bytea,
-- The browser that asked: a newer request of another browser ends none of its links.
add column asked_by uuid,
-- What the mail says of whoever asked.
add column asked_ip text,
add column asked_user_agent text;

-- Rows that are there fit the older constraint.
alter table one_time_tokens drop constraint one_time_tokens_purpose;
alter table one_time_tokens add constraint one_time_tokens_purpose check (
  case purpose
    when 'email_login' then num_nulls(login_hash, asked_by) = 0
    else purpose in ('verify_email', 'reset_password', 'reset_factors')
  end
) not valid;

-- As before (0007), but for each browser by itself where one asked.
create or replace function void_older_tokens() returns trigger
language plpgsql
as $$
begin
  perform from users where user_id = new.user_id for no key update;
  update one_time_tokens
  set voided_at = new.created_at
  where
    user_id = new.user_id
    and purpose = new.purpose
    and asked_by is not distinct from new.asked_by
    -- Itself already there: the statement's earlier try, whose answer was lost.
    and token_id <> new.token_id
    and used_at is null
    and voided_at is null;
  return new;
end
$$;
