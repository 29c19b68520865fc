-- Devices without a browser that wait for a person to let them in elsewhere (RFC 8628). What the person allows becomes an
-- authorization code of the same hash (functions/store/device-codes.ts).

create table device_codes (
  -- SHA-256: the device's code is 256 random bits.
  device_hash bytea constraint device_codes_pkey primary key,
  -- As the person types it, without the dash. It lets nobody in: with it one lets the device in.
  user_code text not null constraint device_codes_user_code unique,
  client_id text not null constraint device_codes_client references clients on delete cascade,
  scope text[] not null,
  resource text[] not null default '{}',
  -- Of the device that asked.
  user_agent text,
  ip_address text not null,
  -- Who has allowed it.
  user_id uuid constraint device_codes_user references users on delete cascade,
  denied_at timestamptz,
  -- How long the device has to wait between two questions, seconds; more each time that it does not.
  interval_seconds integer not null,
  polled_at timestamptz,
  slowed_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create index device_codes_of_client on device_codes (client_id);
create index device_codes_of_user on device_codes (user_id) where user_id is not null;
create index device_codes_by_end on device_codes (expires_at);

grant select, insert, update, delete on device_codes to identity_application;
