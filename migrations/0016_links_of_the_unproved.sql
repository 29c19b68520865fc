-- While nobody has proved the address, another password ends no link that was mailed to it: whoever registered it without
-- the mailbox has the password, and would void each link before its owner opens it (S56, S67). A reset proves the address
-- in the statement that sets the password, so that ends them as before.

drop trigger users_void_tokens on users;
create trigger users_void_tokens
after update on users
for each row
when (
  old.email_key is distinct from new.email_key
  or (old.password_epoch is distinct from new.password_epoch and new.email_verified_at is not null)
)
execute function void_tokens();
