-- What a person signs in with beside the password (functions/README.md, "Factors").

create table factors (
  factor_id uuid constraint factors_pkey primary key,
  user_id uuid not null constraint factors_user references users on delete cascade,
  kind text not null constraint factors_kind check (kind in ('passkey', 'totp', 'recovery')),
  -- As its owner calls it; of a passkey alone.
  name text,
  -- Of a passkey: WebAuthn L3 §4, "credential record". The key is COSE (RFC 9052 §7), and public.
  credential_id bytea constraint factors_credential unique,
  public_key bytea,
  sign_count bigint,
  may_back_up boolean,
  is_backed_up boolean,
  transports text[],
  aaguid uuid,
  -- Of an authenticator app: sealed for this account, and the step of the last code.
  secret bytea,
  last_step bigint,
  -- Another secret that is being set up, and until when; it takes the place of the first when its first code was right.
  new_secret bytea,
  new_secret_until timestamptz,
  -- Of recovery codes: a MAC of each that is left.
  code_hashes bytea[],
  -- An authenticator app is a factor when its first code was right.
  confirmed_at timestamptz,
  -- Wrong codes since the last right one; from a hundred on it is closed until a mailed link opens it (S83).
  misses integer not null default 0,
  closed_at timestamptz,
  created_at timestamptz not null,
  last_used_at timestamptz,
  constraint factors_whole check (
    case kind
      when 'passkey' then num_nulls(credential_id, public_key, sign_count, may_back_up, is_backed_up, confirmed_at) = 0
      when 'totp' then num_nonnulls(secret, new_secret) > 0 and (secret is null) = (confirmed_at is null)
      else code_hashes is not null
    end
  )
);

create unique index factors_one_of_a_kind on factors (user_id, kind) where kind <> 'passkey';
create index factors_of_user on factors (user_id);

alter table users
-- What passkeys call the account: random, so that it says nothing (WebAuthn L3 §14.6.1). Null before the first one.
add column webauthn_id bytea constraint users_webauthn_id unique,
-- An administrator has taken its factors: nothing of it reaches level 2 until somebody gives the password and comes by
-- the mailed link.
add column factors_reset_at timestamptz;

alter table organizations
-- Whom the organisation wants at level 2: members with one of these roles; null: nobody.
add column level_2_roles text[],
-- From when on: until then they are told.
add column level_2_from timestamptz,
-- Its people share devices: none is kept known, and none keeps its session.
add column shared_devices boolean not null default false;

grant select, insert, update, delete on factors to identity_application;
