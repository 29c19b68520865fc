-- What holds guessing back. Keys are HMACs of addresses and IPs: the tables name nobody.

create table rate_limits (
  -- HMAC of what is counted and of whom: 'login', an address.
  key bytea not null,
  window_start timestamptz not null,
  hits integer not null,
  expires_at timestamptz not null,
  primary key (key, window_start)
);

create index rate_limits_by_end on rate_limits (expires_at);

-- By address, whether or not it has an account, so that a lock tells nothing (S10). Apart from users, so that a
-- flood of wrong logins locks no row of theirs.
create table login_failures (
  address_key bytea primary key,
  failures integer not null,
  locked_until timestamptz,
  failed_at timestamptz not null
);

create index login_failures_by_time on login_failures (failed_at);

grant select, insert, update, delete on rate_limits, login_failures to identity_application;
