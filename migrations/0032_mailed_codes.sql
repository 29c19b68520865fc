-- Mailed codes as a second factor (functions/README.md, "Factors").

alter table users
-- Set by a mailed link: whoever reads the mailbox knows it. A mailed code beside it would show the mailbox twice, and nothing else.
add column password_from_mail boolean not null default false;

-- As before (0028). Rows that are there fit the older constraint.
alter table one_time_tokens drop constraint one_time_tokens_purpose;
alter table one_time_tokens add constraint one_time_tokens_purpose check (
  case
    when purpose in ('email_login', 'second_factor') then num_nulls(login_hash, asked_by) = 0
    else purpose in ('verify_email', 'reset_password', 'reset_factors')
  end
) not valid;
