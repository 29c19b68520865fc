-- Invitations to organisations, and locks by an administrator.

create table invitations (
  -- One for an address: a newer one takes its place, and the older one's link ends with that.
  org_id uuid not null constraint invitations_organization references organizations on delete cascade,
  email_key text not null,
  email text not null,
  -- Of the one-time link; what opens it is kept nowhere (functions/README.md).
  token_id uuid not null,
  roles text[] not null,
  -- Whose right to give these roles it stands on, still when it is accepted.
  invited_by uuid not null constraint invitations_inviter references users on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- Of the call that used it, so that its retry after a lost answer is told from a second use.
  redemption_id uuid,
  primary key (org_id, email_key),
  constraint invitations_token_unique unique (token_id),
  constraint invitations_some_role check (cardinality(roles) > 0),
  constraint invitations_used_whole check ((used_at is null) = (redemption_id is null))
);

create index invitations_of_inviter on invitations (invited_by);
-- For erasing an address, and for telling its owner what is held of it.
create index invitations_of_address on invitations (email_key);
-- For the sweep.
create index invitations_by_end on invitations (expires_at);

grant select, insert, update, delete on invitations to identity_application;

-- Of the account, by an administrator. Guessing locks the address instead (login_failures), and a reset ends that.
alter table users add column locked_until timestamptz;

-- No tenant makes a platform admin, whatever a route lets through.
alter table memberships
add constraint memberships_no_platform_role check (array_to_string(roles, ' ') !~ '(^| )platform:');
