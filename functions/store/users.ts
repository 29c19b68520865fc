/** Accounts. */

import type { GivenProfile } from '../contracts/http/profile.ts';
import { emailKey } from '../domain/email-address.ts';
import { type EventId, newId, type OrgId, type TokenId, type UserId } from '../domain/ids.ts';
import type { Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { issue, issueParameters } from './one-time-tokens.ts';
import { announce, announceEach, newEvent } from './outbox.ts';
import { count, recordRefusals } from './rate-limits.ts';

export interface NewUser {
  readonly userId: UserId;
  readonly email: string;
  readonly passwordHash: string;
  readonly profile: GivenProfile;
  /** Made with the account, which owns it. */
  readonly organization: { readonly orgId: OrgId; readonly name: string } | null;
  /** The link that verifies the address. */
  readonly verification: { readonly tokenId: TokenId; readonly expiresAt: Date };
  /** When the link ends that an account of this address is claimed with, where nobody has proved the address. */
  readonly claimEnd: Date;
}

/**
 * Makes an account; where the address has one already, changes nothing and has its owner informed, at the address as the
 * account has it. Where nobody has proved that one, its owner is mailed a link that claims it: a password set with it
 * ends what somebody else may have left there (S57).
 * @param noticeLimits how often a registration mails the address; past it, silently not
 * @returns false when there is another account with this address
 */
export async function createUser(
  database: Database,
  user: NewUser,
  noticeLimits: readonly Limit[],
  context: RequestContext,
): Promise<boolean> {
  const { userId, email, profile, organization, verification } = user;
  const registeredAt = context.now.toISOString();
  const aggregate = { type: 'user', id: userId } as const;
  const registered = newEvent(
    'huleedu.identity.user.registered.v1',
    aggregate,
    { user_id: userId, org_id: organization?.orgId, email, registered_at: registeredAt },
    context,
  );
  const verificationRequested = newEvent(
    'huleedu.identity.email.verification.requested.v1',
    aggregate,
    {
      user_id: userId,
      email,
      verification_token: verification.tokenId,
      expires_at: verification.expiresAt.toISOString(),
    },
    context,
  );
  const founded = organization && [
    newEvent(
      'huleedu.identity.org.created.v1',
      { type: 'organization', id: organization.orgId },
      { org_id: organization.orgId, user_id: userId, roles: ['owner'], at: registeredAt },
      context,
    ),
  ];

  const [row] = await database.query<{ taken: boolean }>(
    `
    with ${count('notice_limits')},
    taken as (
      -- By another account: with our own id it is this statement's earlier try, whose answer was lost.
      select user_id, email, email_verified_at is not null as proved
      from users
      where email_key = :email_key and user_id <> :user_id::uuid
    ),
    ${recordRefusals('select user_id from taken')},
    created as (
      insert into users (
        user_id, email, email_key, password_hash, first_name, last_name, legal_full_name, locale,
        registered_ip, registered_user_agent, registered_at, updated_at
      )
      select
        :user_id::uuid, :email, :email_key, :password_hash, :first_name, :last_name, :legal_full_name, :locale,
        :ip_address, :user_agent, :now::timestamptz, :now::timestamptz
      -- Not for an address that is deleted at this moment either: its owner is informed below.
      where not exists (select from taken)
      on conflict do nothing
      returning user_id
    ),
    verification as (
      insert into one_time_tokens (token_id, user_id, purpose, created_at, expires_at)
      select :token_id::uuid, user_id, 'verify_email', :now::timestamptz, :token_expires_at::timestamptz
      from created
    ),
    founded as (
      insert into organizations (org_id, name, created_at)
      select :org_id::uuid, :org_name, :now::timestamptz
      from created
      where :org_id::uuid is not null
      returning org_id
    ),
    joined as (
      insert into memberships (org_id, user_id, roles, created_at)
      select org_id, user_id, '{owner}', :now::timestamptz
      from created, founded
    ),
    announced as (
      ${announce('registered', '(select exists (select from refused) as is_silent from created) as made')}
      -- Who registers an address, deletes the account and registers it again has no more mails sent than anybody (S9).
      where not (made.is_silent and event.topic = 'huleedu.identity.email.verification.requested.v1')
    ),
    announced_organization as (${announce('founded', 'founded')}),
    told as (select * from taken where not exists (select from refused)),
    noticed as (${announceEach(
      'huleedu.email.notification.requested.v1',
      {
        aggregate: { type: 'email', id: ':notice_id::uuid' },
        standalone: true,
        eventId: ':notice_id::uuid',
        data: {
          message_id: ':notice_id',
          template_id: "'already_registered'",
          to: 'email',
          variables: "'{}'::jsonb",
          category: "'system'",
        },
      },
      'told',
    )}
      where proved
      -- This statement's earlier try, whose answer was lost, has announced it.
      on conflict do nothing
    ),
    claimable as (select user_id, email from told where not proved),
    ${issue('reset_password', 'claimable')},
    recorded as (${record('audit', 'created')}),
    recorded_organization as (${record('founded_audit', 'founded')})
    select
      exists (select from taken) as taken,
      -- Somebody registers the address at this moment: only then is it known whom to inform.
      decide_anew(
        not exists (select from taken)
        and not exists (select from created)
        and not exists (select from users where user_id = :user_id::uuid)
      )`,
    {
      user_id: userId,
      email,
      email_key: emailKey(email),
      password_hash: user.passwordHash,
      first_name: profile.person_name?.first_name,
      last_name: profile.person_name?.last_name,
      legal_full_name: profile.person_name?.legal_full_name,
      locale: profile.locale,
      user_agent: context.userAgent,
      org_id: organization?.orgId,
      org_name: organization?.name,
      token_id: verification.tokenId,
      token_expires_at: verification.expiresAt,
      notice_limits: noticeLimits,
      registered: [registered, verificationRequested],
      founded,
      notice_id: newId<EventId>(),
      audit: [auditEntry('user.registered', userId, context)],
      founded_audit: organization && [auditEntry('org.created', userId, context, { org_id: organization.orgId })],
      ...issueParameters(user.claimEnd, context),
    },
  );
  return row?.taken === false;
}
