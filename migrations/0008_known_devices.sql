-- Whether an account has had a session with this device before, also one that has ended; and which sessions go when an
-- account does.
create index sessions_of_user on sessions (user_id);
