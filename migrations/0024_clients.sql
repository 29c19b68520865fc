-- OAuth clients, what they are given, and the sessions that they and browsers have (functions/README.md, "The standard
-- door").

create table clients (
  -- `c_` and 128 random bits, or the name that the settings give; never a UUID, so that none is a person's `sub`.
  client_id text constraint clients_pkey primary key constraint clients_no_uuid check (
    client_id !~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
  ),
  kind text not null constraint clients_kind check (kind in ('public', 'confidential', 'machine')),
  name text not null,
  logo_uri text,
  client_uri text,
  policy_uri text,
  tos_uri text,
  redirect_uris text[] not null default '{}',
  -- As they are compared: a loopback address without its port (functions/domain/client.ts).
  redirect_keys text[] not null default '{}',
  post_logout_redirect_uris text[] not null default '{}',
  grants text[] not null,
  scopes text[] not null default '{}',
  -- What its access tokens may be meant for; the first is meant where none is asked for.
  audiences text[] not null,
  authentication text not null constraint clients_authentication check (
    authentication in ('none', 'client_secret', 'private_key_jwt')
  ),
  -- Public keys (RFC 7517), given or fetched.
  jwks jsonb,
  jwks_uri text,
  first_party boolean not null default false,
  pkce text not null default 'required' constraint clients_pkce check (
    pkce in ('required', 'pkce-or-nonce', 'optional')
  ),
  id_token_claims text[] not null default '{}',
  -- `keeps`: its refresh token stays. `overlaps`: the one before works until the next is first used. `rotates`: with the
  -- detection of reuse.
  refresh text not null constraint clients_refresh check (refresh in ('rotates', 'keeps', 'overlaps')),
  -- Null: the stage's.
  access_token_seconds integer,
  session_idle_seconds integer,
  session_max_seconds integer,
  source text not null constraint clients_source check (source in ('settings', 'command', 'registration')),
  org_id uuid constraint clients_organization references organizations on delete cascade,
  -- Of what people consent to: the name, the URIs, the document. Another one, and they are asked again.
  consent_hash bytea not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create index clients_of_settings on clients (client_id) where source = 'settings';
create index clients_of_organization on clients (org_id) where org_id is not null;

-- Two at most, while one takes the place of the other.
create table client_secrets (
  secret_id uuid constraint client_secrets_pkey primary key,
  client_id text not null constraint client_secrets_client references clients on delete cascade,
  -- SHA-256: a secret is 256 random bits, which no guess finds.
  secret_hash bytea not null,
  created_at timestamptz not null,
  -- Null: until it is replaced.
  expires_at timestamptz
);

create index client_secrets_of_client on client_secrets (client_id);
create index client_secrets_by_end on client_secrets (expires_at);

alter table sessions
-- `api`: of the JSON door. `browser`: of a cookie, for the hosted pages. `client`: what a client was given.
-- Without checks, which would read the whole table under its lock.
add column kind text not null default 'api',
add column client_id text,
-- A client's session is over with its browser's, unless it is `offline`. Not a foreign key: a browser's session that is
-- not there any more is over.
add column browser_session_id uuid,
add column offline boolean not null default false,
add column scope text[],
-- The resources that were asked for (RFC 8707); null where none was.
add column resource text[],
-- Which claims were asked for by name, in the ID token and at userinfo (OpenID Connect Core §5.5).
add column claims jsonb,
-- What its refresh token does; as in `clients`.
add column refresh text not null default 'rotates',
-- What ID tokens and logout tokens of the client call the browser's session (functions/domain/browser-session.ts).
add column sid text,
-- How long it lasts unused; null: as the stage's settings have it.
add column idle_seconds integer,
-- How the person signed in (RFC 8176); null: by password.
add column amr text[],
-- When a second factor was last shown, and until when it counts unless the session is used before: a day at most.
add column level_at timestamptz,
add column level_until timestamptz,
-- The level that the client asked for, by its name (`acr`).
add column acr text,
-- When the person chose this account among others.
add column chosen_at timestamptz;

-- 256 bits each, kept as a hash, for one minute.
create table authorization_codes (
  code_hash bytea constraint authorization_codes_pkey primary key,
  client_id text not null constraint authorization_codes_client references clients on delete cascade,
  user_id uuid not null constraint authorization_codes_user references users on delete cascade,
  -- Over as soon as the account's is another.
  password_epoch integer not null,
  browser_session_id uuid not null,
  -- Null where the request named none, and the client has one alone.
  redirect_uri text,
  code_challenge text,
  -- Thumbprint of the DPoP key (RFC 9449 §10).
  dpop_jkt text,
  nonce text,
  scope text[] not null,
  resource text[],
  claims jsonb,
  auth_time timestamptz not null,
  amr text[],
  level_at timestamptz,
  level_until timestamptz,
  acr text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- Of the client, which the first exchange has opened.
  session_id uuid
);

create index authorization_codes_of_client on authorization_codes (client_id);
create index authorization_codes_of_user on authorization_codes (user_id);
create index authorization_codes_by_end on authorization_codes (expires_at);

-- RFC 9126. Its URI is 256 random bits, kept as a hash.
create table pushed_requests (
  request_hash bytea constraint pushed_requests_pkey primary key,
  client_id text not null constraint pushed_requests_client references clients on delete cascade,
  parameters jsonb not null,
  -- When a browser first came with it: from then on it lives as long as any other may travel through the pages.
  arrived_at timestamptz,
  -- Of the code that it has become, which uses it up.
  code_hash bytea,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create index pushed_requests_of_client on pushed_requests (client_id);
create index pushed_requests_by_end on pushed_requests (expires_at);

create table consents (
  consent_id uuid constraint consents_pkey primary key,
  user_id uuid not null constraint consents_user references users on delete cascade,
  client_id text not null constraint consents_client references clients on delete cascade,
  scopes text[] not null,
  resources text[] not null default '{}',
  -- The client's, when it was given.
  consent_hash bytea not null,
  given_at timestamptz not null,
  constraint consents_one unique (user_id, client_id)
);

create index consents_of_client on consents (client_id);

-- What counts once, and is kept nowhere else: assertions of clients (RFC 7523 §3), challenges, tokens between two factors.
create table used_once (
  purpose text,
  -- SHA-256 of its id, and of whose it is.
  id_hash bytea,
  expires_at timestamptz not null,
  -- Of the request that used it: its statement may run twice.
  attempt_id uuid not null,
  constraint used_once_pkey primary key (purpose, id_hash)
);

create index used_once_by_end on used_once (expires_at);

-- Clients that were removed, until the last of their sessions has ended: there may be more of them than one statement
-- should end.
create table removed_clients (
  client_id text constraint removed_clients_pkey primary key,
  removed_at timestamptz not null
);

grant select, insert, update, delete
on clients, client_secrets, authorization_codes, pushed_requests, consents, used_once, removed_clients
to identity_application;
