/** An organisation's members: listed, given other roles, removed. */

import type { Page } from '../domain/cursor.ts';
import { type EventId, newId, type OrgId, type UserId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { rankOf } from '../domain/roles.ts';
import type { Database } from './database.ts';
import { isWritten } from './outbox.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';
import { isLastOwner, managersOnly, membersOnly, mine, provedOnly, reportMembers, standing } from './standing.ts';

export interface Member {
  readonly user_id: UserId;
  readonly email: string;
  readonly roles: readonly string[];
}

/** A page of them in the order in which they registered, and one more where there are more. */
export async function listMembers(
  database: Database,
  claims: Caller,
  orgId: OrgId,
  { after, limit }: Page,
  context: RequestContext,
): Promise<{ readonly verdict: 'allowed' | Refusal; readonly members: readonly Member[] }> {
  const rows = await database.query<{ verdict: 'allowed' | Refusal } & (Member | { readonly user_id: null })>(
    `
    with ${caller}, ${mine},
    verdict as (select case ${managersOnly} else 'allowed' end as verdict)
    select verdict, listed.*
    from verdict
    left join lateral (
      select m.user_id, u.email, m.roles
      from memberships m
      join users u using (user_id)
      where verdict = 'allowed' and m.org_id = :org_id::uuid and (:after::uuid is null or m.user_id > :after::uuid)
      order by m.user_id
      limit :limit + 1
    ) listed on true
    order by listed.user_id`,
    { org_id: orgId, after, limit, ...callerParameters(claims, context) },
  );
  const members = rows.filter((row) => row.user_id !== null);
  return {
    verdict: rows[0]?.verdict ?? 'caller_gone',
    members: members.map(({ user_id, email, roles }) => ({ user_id, email, roles })),
  };
}

export interface Membership {
  readonly orgId: OrgId;
  readonly userId: UserId;
}

/** The first case of a verdict: this statement's earlier try has done it, and its answer was lost. */
const doneBefore = `when ${isWritten(':event_id')} then 'allowed'`;

/**
 * A column that has a refusal decided anew where the roles of those concerned changed after the statement began: perhaps
 * by its own earlier try, which goes on after its caller has given it up.
 */
const decidedByOldRoles = `decide_anew(
  verdict <> 'allowed'
  and exists (
    select
    from memberships m
    left join standing s using (user_id)
    where
      m.org_id = :org_id::uuid
      and m.user_id in (:caller_user::uuid, :member::uuid)
      and s.roles is distinct from m.roles
  )
)`;

/** Nobody gives a role above their own, nor touches the roles of who has one, nor takes an organisation's last owner. */
export async function setRoles(
  database: Database,
  claims: Caller,
  { orgId, userId }: Membership,
  roles: readonly string[],
  context: RequestContext,
): Promise<'allowed' | Refusal> {
  const [row] = await database.query<{ verdict: 'allowed' | Refusal }>(
    `
    with ${caller}, ${standing},
    verdict as (
      select
        case
          ${doneBefore}
          ${managersOnly}
          when target.user_id is null then 'not_found'
          ${provedOnly}
          when greatest(target.rank, :rank) > (select rank from mine) then 'forbidden'
          when :rank < target.rank and ${isLastOwner} then 'last_owner'
          else 'allowed'
        end as verdict
      from (values (:member::uuid)) as given (user_id)
      left join standing target using (user_id)
    ),
    given as (select array(select jsonb_array_elements_text(:roles::jsonb)) as roles),
    changed as (
      update memberships m
      set roles = given.roles
      from verdict, given
      where
        verdict = 'allowed'
        and m.org_id = :org_id::uuid
        and m.user_id = :member::uuid
        and m.roles <> given.roles
        and not ${isWritten(':event_id')}
      returning m.org_id, m.user_id, m.roles
    ),
    ${reportMembers('roles.changed', 'changed', ':event_id::uuid')}
    select verdict, ${decidedByOldRoles} from verdict`,
    { roles, rank: rankOf(roles), ...memberParameters(claims, { orgId, userId }, context) },
  );
  return row?.verdict ?? 'caller_gone';
}

/** Managers remove others, anyone may leave. Sessions lose the organisation at their next refresh (S40). */
export async function removeMember(
  database: Database,
  claims: Caller,
  membership: Membership,
  context: RequestContext,
): Promise<'allowed' | Refusal> {
  const leaves = membership.userId === claims.sub;
  const [row] = await database.query<{ verdict: 'allowed' | Refusal }>(
    `
    with ${caller}, ${standing},
    verdict as (
      select
        case
          ${doneBefore}
          ${leaves ? membersOnly : managersOnly}
          when target.user_id is null then 'not_found'
          ${leaves ? '' : provedOnly}
          when target.rank > (select rank from mine) then 'forbidden'
          when ${isLastOwner} then 'last_owner'
          else 'allowed'
        end as verdict
      from (values (:member::uuid)) as given (user_id)
      left join standing target using (user_id)
    ),
    removed as (
      delete from memberships m
      using verdict
      where
        verdict = 'allowed'
        and m.org_id = :org_id::uuid
        and m.user_id = :member::uuid
        and not ${isWritten(':event_id')}
      returning m.org_id, m.user_id, m.roles
    ),
    ${reportMembers('removed', 'removed', ':event_id::uuid')}
    select verdict, ${decidedByOldRoles} from verdict`,
    memberParameters(claims, membership, context),
  );
  return row?.verdict ?? 'caller_gone';
}

const memberParameters = (claims: Caller, { orgId, userId }: Membership, context: RequestContext) => ({
  org_id: orgId,
  member: userId,
  event_id: newId<EventId>(),
  correlation_id: context.correlationId,
  ip_address: context.ipAddress,
  ...callerParameters(claims, context),
});
