/** Invitations: one for an address and an organisation, by id alone, as every one-time link (functions/README.md). */

import type { AccessClaims } from '../domain/access-token.ts';
import { emailKey, withAsciiDomain } from '../domain/email-address.ts';
import { type EventId, newId, type OrgId, type RedemptionId, type TokenId } from '../domain/ids.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { MANAGES, rankOf } from '../domain/roles.ts';
import type { Settings } from '../domain/settings.ts';
import { proofParameters, prove } from './address-proof.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { jsonObject } from './json-object.ts';
import { letThrough } from './mail-feedback.ts';
import { announceEach } from './outbox.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';
import { currentEvents, managersOnly, mine, provedOnly, rank, reportMembers } from './standing.ts';

export interface NewInvitation {
  readonly tokenId: TokenId;
  readonly orgId: OrgId;
  readonly email: string;
  readonly roles: readonly string[];
  readonly expiresAt: Date;
}

export interface Invited {
  readonly verdict: 'allowed' | Refusal;
  /** The limit that the invitation is over, or null when it is admitted. */
  readonly exceeded: ExceededLimit | null;
}

/** Has an invitation mailed; an older one of the organisation to the address ends. */
export async function invite(
  database: Database,
  claims: AccessClaims,
  { tokenId, orgId, email, roles, expiresAt }: NewInvitation,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<Invited> {
  const [row] = await database.query<{ verdict: Invited['verdict']; exceeded: string | null }>(
    `
    with ${caller}, ${mine}, ${currentEvents},
    verdict as (
      select
        case
          ${managersOnly}
          ${provedOnly}
          when (select rank from mine) < :rank then 'forbidden'
          when exists (
            select
            from memberships m
            join users u using (user_id)
            where m.org_id = :org_id::uuid and u.email_key = :email_key
          ) then 'already_member'
          else 'allowed'
        end as verdict
      from current_events
    ),
    allowed as (select from verdict where verdict = 'allowed'),
    ${count('limits', 'allowed')}, ${recordRefusals(':caller_user')},
    invited as (
      insert into invitations as i (token_id, org_id, email, email_key, roles, invited_by, created_at, expires_at)
      select
        :token_id::uuid, :org_id::uuid, :email, :email_key, array(select jsonb_array_elements_text(:roles::jsonb)),
        :caller_user::uuid, :now::timestamptz, :expires_at::timestamptz
      from allowed
      where not exists (select from refused)
      on conflict (org_id, email_key) do update set
        token_id = excluded.token_id,
        email = excluded.email,
        roles = excluded.roles,
        invited_by = excluded.invited_by,
        created_at = excluded.created_at,
        expires_at = excluded.expires_at,
        used_at = null,
        redemption_id = null
      -- This statement's earlier try, whose answer was lost, has had it mailed.
      where i.token_id <> excluded.token_id
      returning org_id
    ),
    announced as (${announceEach(
      'huleedu.email.notification.requested.v1',
      {
        aggregate: { type: 'email', id: ':token_id::uuid' },
        standalone: true,
        eventId: ':event_id::uuid',
        data: {
          message_id: ':token_id',
          template_id: "'invitation'",
          to: ':to',
          // Of the link the id alone: the mail consumer makes what opens it (S28).
          variables: jsonObject({
            token_id: ':token_id',
            invited_by: ':caller_user',
            expires_at: ':expires_at',
            organization: 'o.name',
          }),
          category: "'system'",
        },
      },
      'invited join organizations o using (org_id)',
    )}),
    recorded as (${record('audit', 'invited')})
    select verdict, ${exceeded} as exceeded
    from verdict`,
    {
      limits,
      token_id: tokenId,
      event_id: newId<EventId>(),
      org_id: orgId,
      email,
      to: withAsciiDomain(email),
      email_key: emailKey(email),
      roles,
      rank: rankOf(roles),
      expires_at: expiresAt,
      ...refusalParameters(context),
      audit: [auditEntry('org.member.invited', claims.sub, context, { org_id: orgId, invitation_id: tokenId, roles })],
      ...callerParameters(claims, context),
    },
  );
  return { verdict: row?.verdict ?? 'caller_gone', exceeded: readExceeded(row?.exceeded) };
}

/** What the caller now belongs to; null unless accepted. */
export interface Accepted {
  readonly verdict: 'accepted' | Refusal;
  readonly org_id: OrgId | null;
  readonly name: string | null;
  readonly roles: readonly string[] | null;
}

/**
 * Makes the caller a member, once for each token (S26). Only while whoever invited may still give these roles; a member
 * already keeps the roles there are. The token was mailed to the caller's address, so it proves that too.
 */
export async function acceptInvitation(
  database: Database,
  who: Caller,
  { tokenId, userId: inviter }: OneTimeToken,
  { organizationsPerUser }: Pick<Settings, 'organizationsPerUser'>,
  context: RequestContext,
): Promise<Accepted> {
  const [row] = await database.query<Accepted>(
    `
    with ${caller},
    invitation as materialized (
      select i.org_id, i.email_key
      from invitations i
      join organizations o using (org_id)
      join memberships by on by.org_id = i.org_id and by.user_id = i.invited_by
      join users inviter on inviter.user_id = i.invited_by and inviter.email_verified_at is not null
      where
        i.token_id = :token_id::uuid
        and i.invited_by = :inviter::uuid
        and i.used_at is null
        and i.expires_at > :now::timestamptz
        and ${rank('by.roles')} >= greatest(${rank('i.roles')}, ${MANAGES})
      -- Before the invitation's row: in the order of whoever dissolves the organisation.
      for key share of o
    ),
    verdict as (
      select
        case
          when not exists (select from caller) then 'caller_gone'
          when not exists (select from invitation) then 'invitation_invalid'
          when not exists (
            select from caller join users u using (user_id) join invitation using (email_key)
          ) then 'other_address'
          when count_memberships(:caller_user::uuid) >= :most
            then 'too_many_organizations'
          else 'allowed'
        end as verdict
    ),
    redeemed as (
      update invitations i
      set used_at = :now::timestamptz, redemption_id = :redemption_id::uuid
      from verdict
      where verdict = 'allowed' and i.token_id = :token_id::uuid and i.used_at is null
      returning i.org_id, i.roles
    ),
    joined as (
      insert into memberships (org_id, user_id, roles, created_at)
      select org_id, :caller_user::uuid, roles, :now::timestamptz
      from redeemed
      on conflict do nothing
      returning org_id, user_id, roles
    ),
    ${reportMembers('added', 'joined')},
    reached as (select :caller_user::uuid as user_id from redeemed),
    ${prove('reached')},
    ${letThrough('reached')},
    accepted as (
      select org_id, roles from redeemed
      union all
      -- By this statement's earlier try, whose answer was lost.
      select org_id, roles
      from invitations
      where token_id = :token_id::uuid and redemption_id = :redemption_id::uuid
    )
    select
      case
        when accepted.org_id is not null then 'accepted'
        else verdict
      end as verdict,
      o.org_id,
      o.name,
      coalesce(m.roles, accepted.roles) as roles,
      -- Taken since the statement began, perhaps by its own earlier try.
      decide_anew(verdict = 'allowed' and accepted.org_id is null)
    from verdict
    left join accepted on true
    left join organizations o using (org_id)
    left join memberships m on m.org_id = o.org_id and m.user_id = :caller_user::uuid`,
    {
      token_id: tokenId,
      inviter,
      redemption_id: newId<RedemptionId>(),
      most: organizationsPerUser,
      correlation_id: context.correlationId,
      ip_address: context.ipAddress,
      ...proofParameters(who.sub, context),
      ...callerParameters(who, context),
    },
  );
  return row ?? { verdict: 'caller_gone', org_id: null, name: null, roles: null };
}
