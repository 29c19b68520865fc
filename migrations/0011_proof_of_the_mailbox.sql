-- Whose mailbox an account's address is (S56, S57): where an account came from, who registered it from where, and how
-- often its code was guessed.

alter table users
-- Accounts from before this column are never deleted for being unproved: nobody told their owners that they would be.
add column source text not null default 'unknown'
  constraint users_source check (source in ('registration', 'import', 'provisioning', 'unknown')),
-- What the verification mail and its page tell the mailbox's owner of whoever registered the address. Gone with the
-- proof: who they were is no question then.
add column registered_ip text,
add column registered_user_agent text;

alter table users alter column source set default 'registration';

-- For the sweep: those that end unless somebody proves the address.
create index users_unproved on users (registered_at) where email_verified_at is null and source = 'registration';

-- Codes typed for this link, right or wrong: the count that closes it (S83).
alter table one_time_tokens add column guesses integer not null default 0;
