-- Accounts: people, organisations, who belongs where.

-- The application's role may read and write rows, never the schema (S55). Roles belong to the whole cluster, so
-- another database of it may have made this one, perhaps at this very moment. Its members are made by the migrating
-- job, from the secret that the functions open the database with.
do $$
begin
  create role identity_application nologin;
exception
  when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to identity_application;

create table users (
  user_id uuid primary key,
  email text not null,
  -- NFC, trimmed, lower case: two spellings of one address are one account.
  email_key text not null,
  email_verified_at timestamptz,
  password_hash text not null,
  -- Rises when the password does change. A session of an earlier epoch is over, even one that a login opened while
  -- the change was being written and that its statement could not see.
  password_epoch integer not null default 0,
  first_name text,
  last_name text,
  display_name text,
  locale text,
  platform_roles text[] not null default '{}',
  registered_at timestamptz not null,
  updated_at timestamptz not null,
  constraint users_email_key_unique unique (email_key),
  constraint users_person_name_whole check ((first_name is null) = (last_name is null))
);

create table organizations (
  org_id uuid primary key,
  name text not null,
  created_at timestamptz not null
);

create table memberships (
  org_id uuid not null constraint memberships_organization references organizations on delete cascade,
  user_id uuid not null constraint memberships_user references users on delete cascade,
  roles text[] not null,
  created_at timestamptz not null,
  primary key (org_id, user_id),
  constraint memberships_some_role check (cardinality(roles) > 0)
);

-- A person's organisations, oldest first: the first is the one a new session begins in.
create index memberships_of_user on memberships (user_id, created_at);

grant select, insert, update, delete on users, organizations, memberships to identity_application;
