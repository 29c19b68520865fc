/** Who is what in an organisation: the CTEs that the statements on members and invitations decide by. */
import { MANAGES, managingRoles, OWNS } from '../domain/roles.ts';
import { recordEach } from './audit.ts';
import { isAskedByOrganization } from './demanded-levels.ts';
import { isLevel2 } from './levels.ts';
import { announceEach } from './outbox.ts';

/** {@link rankOf} in SQL, of a column of roles. */
export const rank = (roles: string) => {
  const ranks = managingRoles.map(
    (role, index) => `when '${role}' = any (${roles}) then ${managingRoles.length - index}`,
  );
  return `(case ${ranks.join(' ')} else 0 end)`;
};

/** The CTE `mine`: the caller's rank in the organisation `:org_id`; no row for a stranger. */
export const mine = `
  mine as (
    select ${rank('m.roles')} as rank
    from caller
    join memberships m using (user_id)
    where m.org_id = :org_id::uuid
  )`;

/**
 * The CTE `current_events`, for a statement that decides by the organisation's members and writes no event of its own:
 * one row, where no event came between the statement's snapshot and now. Whatever else writes one is waited for, and the
 * statement then sent again. What writes an event needs no such look: the event's trigger has it (migrations/0015).
 */
export const currentEvents = `
  current_events as materialized (
    select decide_anew(
      (select sequence from event_sequences where aggregate_id = :org_id::uuid for share)
      <> (select sequence from event_sequences where aggregate_id = :org_id::uuid)
    )
  )`;

/** The first cases of every verdict; who is no member learns nothing, not even that the organisation exists (S38). */
export const membersOnly = `
  when not exists (select from caller) then 'caller_gone'
  when not exists (select from mine) then 'not_found'`;

/** The organisation asks the caller for a second factor, and the session is below that, whose token ever it has (S86). */
const isCallerBelow = `
  exists (
    select
    from caller
    join sessions s using (session_id)
    join memberships its on its.user_id = caller.user_id and its.org_id = :org_id::uuid
    where not ${isLevel2('s')} and ${isAskedByOrganization('its.org_id', 'its.roles')}
  )`;

/** As {@link membersOnly}, and 403 for members who do not manage (S39). */
export const managersOnly = `${membersOnly}
  when (select rank from mine) < ${MANAGES} then 'forbidden'
  when ${isCallerBelow} then 'too_weak'`;

/** A case for who would act on others: an account whose address nobody has proved is alone (S56). */
export const provedOnly = `
  when exists (select from caller join users using (user_id) where email_verified_at is null) then 'unproved'`;

/**
 * The CTE `standing`: the caller, the member `:member` and every owner, their rows locked. Of two statements that would
 * each leave the other's owner as the last, the second waits here and then finds the roles as the first has left them
 * (READ COMMITTED reads a row that it waited for again), which a lock on the organisation's row would not give it.
 */
export const standing = `
  standing as materialized (
    select m.user_id, m.roles, ${rank('m.roles')} as rank
    from memberships m
    where
      m.org_id = :org_id::uuid
      and (m.user_id in (:caller_user::uuid, :member::uuid) or 'owner' = any (m.roles))
    -- One order for all, so that none waits for another in a circle.
    order by m.user_id
    for update
  ),
  mine as (
    select s.rank
    from standing s
    where s.user_id = :caller_user::uuid
  )`;

/** True in a statement with `standing` and a row `target` of it: nobody else owns the organisation. */
export const isLastOwner = `(target.rank = ${OWNS} and (select count(*) from standing where rank = ${OWNS}) = 1)`;

/**
 * CTEs that tell of each membership in `cause`, a CTE with `org_id`, `user_id` and `roles`: the event and the audit
 * entry. They need `:caller_user`, `:correlation_id`, `:ip_address` and `:now`.
 * @param eventId of the event, where there is one membership at most
 */
export const reportMembers = (change: 'added' | 'roles.changed' | 'removed', cause: string, eventId?: string) => `
  announced_${cause} as (${announceEach(
    `huleedu.identity.org.member.${change}.v1`,
    {
      ...(eventId ? { eventId } : {}),
      aggregate: { type: 'organization', id: 'org_id' },
      data: { org_id: 'org_id', user_id: 'user_id', roles: 'to_jsonb(roles)', at: ':now' },
    },
    cause,
  )}
    order by org_id
  ),
  recorded_${cause} as (${recordEach(
    `org.member.${change}`,
    {
      actor: 'nullif(:caller_user::uuid, user_id)',
      detail: { org_id: 'org_id', roles: 'to_jsonb(roles)' },
    },
    cause,
  )})`;
