/** Accounts. */
import type { Database } from '../aws/data-api.ts';
import type { PersonName } from '../contracts/http.ts';
import { emailKey } from '../domain/email-address.ts';
import type { OrgId, TokenId, UserId } from '../domain/ids.ts';
import type { Origin } from '../domain/origin.ts';
import type { Limit } from '../domain/rate-limit.ts';
import { auditEntry, record } from './audit.ts';
import { announce, lonelyEvent, newEvent } from './outbox.ts';
import { count } from './rate-limits.ts';

export interface NewUser {
  readonly userId: UserId;
  readonly email: string;
  readonly passwordHash: string;
  readonly personName: PersonName | undefined;
  readonly locale: string | undefined;
  /** Made with the account, which owns it. */
  readonly organization: { readonly orgId: OrgId; readonly name: string } | null;
  /** The link that verifies the address. */
  readonly verification: { readonly tokenId: TokenId; readonly expiresAt: Date };
}

/**
 * Makes an account; where the address has one already, changes nothing and has its owner told.
 * @param noticeLimits how often the owner is told; past it, silently not
 * @returns false when there is another account with this address
 */
export async function createUser(
  database: Database,
  user: NewUser,
  noticeLimits: readonly Limit[],
  origin: Origin,
): Promise<boolean> {
  const { userId, email, organization, verification } = user;
  const registeredAt = origin.now.toISOString();
  const aggregate = { type: 'user', id: userId } as const;
  const registered = newEvent(
    'huleedu.identity.user.registered.v1',
    aggregate,
    { user_id: userId, org_id: organization?.orgId, email, registered_at: registeredAt },
    origin,
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
    origin,
  );
  const notice = lonelyEvent(
    'huleedu.email.notification.requested.v1',
    'email',
    { message_id: userId, template_id: 'already_registered', to: email, variables: {}, category: 'system' },
    origin,
  );
  const founded = organization && [
    newEvent(
      'huleedu.identity.org.created.v1',
      { type: 'organization', id: organization.orgId },
      { org_id: organization.orgId, user_id: userId, roles: ['owner'], at: registeredAt },
      origin,
    ),
  ];

  const [row] = await database.query<{ taken: boolean }>(
    `
    with ${count('notice_limits')},
    taken as (
      -- By another account: with our own id it is this statement's earlier try, whose answer was lost.
      select user_id
      from users
      where email_key = :email_key and user_id <> :user_id::uuid
    ),
    created as (
      insert into users (
        user_id, email, email_key, password_hash, first_name, last_name, locale,
        registered_ip, registered_user_agent, registered_at, updated_at
      )
      values (
        :user_id::uuid, :email, :email_key, :password_hash, :first_name, :last_name, :locale,
        :ip_address, :user_agent, :now::timestamptz, :now::timestamptz
      )
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
    announced as (${announce('registered', 'created')}),
    announced_organization as (${announce('founded', 'founded')}),
    to_notice as (select from taken where not exists (select from refused)),
    noticed as (${announce('notice', 'to_notice')}),
    recorded as (${record('audit', 'created')}),
    recorded_organization as (${record('founded_audit', 'founded')})
    select exists (select from taken) as taken`,
    {
      user_id: userId,
      email,
      email_key: emailKey(email),
      password_hash: user.passwordHash,
      first_name: user.personName?.first_name,
      last_name: user.personName?.last_name,
      locale: user.locale,
      ip_address: origin.ipAddress,
      user_agent: origin.userAgent,
      org_id: organization?.orgId,
      org_name: organization?.name,
      now: origin.now,
      token_id: verification.tokenId,
      token_expires_at: verification.expiresAt,
      notice_limits: noticeLimits,
      registered: [registered, verificationRequested],
      founded,
      notice: [notice],
      audit: [auditEntry('user.registered', userId, origin)],
      founded_audit: organization && [auditEntry('org.created', userId, origin, { org_id: organization.orgId })],
    },
  );
  return row?.taken === false;
}
