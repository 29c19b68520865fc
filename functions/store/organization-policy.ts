/** What an organisation asks of its members: level 2, by role and from a day on, and that their devices are shared. */
import type { OrgId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { OWNS } from '../domain/roles.ts';
import type { Sure } from './administration.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import type { DemandSettings } from './demanded-levels.ts';
import { hasSecondFactor, mailCounts, mailParameters } from './factors.ts';
import { announce, areWritten, newEvent } from './outbox.ts';
import { type RecencySettings, recencyParameters, stale, staleAcr, staleFirst } from './recent-authentication.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';
import { managersOnly, membersOnly, mine, provedOnly } from './standing.ts';

export interface OrganizationPolicy {
  /** Who has to show a second factor; null: nobody has to. */
  readonly level2: {
    /** Members with one of these; null: all members. */
    readonly roles: readonly string[] | null;
    /** From then on; until then they are told. */
    readonly from: Date;
  } | null;
  readonly sharedDevices: boolean;
}

/** Any member may see what is asked of them. */
export async function findPolicy(
  database: Database,
  claims: Caller,
  orgId: OrgId,
  context: RequestContext,
): Promise<{ readonly verdict: 'allowed' | Refusal; readonly name: string; readonly policy: OrganizationPolicy }> {
  const [row] = await database.query<{
    readonly verdict: 'allowed' | Refusal;
    readonly name: string | null;
    readonly level_2_roles: readonly string[] | null;
    /** Milliseconds since the epoch. */
    readonly level_2_from: number | null;
    readonly shared_devices: boolean | null;
  }>(
    `
    with ${caller}, ${mine},
    verdict as (select case ${membersOnly} else 'allowed' end as verdict)
    select
      verdict,
      o.name,
      o.level_2_roles,
      (extract(epoch from o.level_2_from) * 1000)::bigint as level_2_from,
      o.shared_devices
    from verdict
    left join organizations o on verdict = 'allowed' and o.org_id = :org_id::uuid`,
    { org_id: orgId, ...callerParameters(claims, context) },
  );
  const { verdict = 'caller_gone', level_2_roles: roles = null, level_2_from: from = null } = row ?? {};
  const level2 = from === null ? null : { roles, from: new Date(from) };
  return { verdict, name: row?.name ?? '', policy: { level2, sharedDevices: row?.shared_devices ?? false } };
}

/** How long whoever has no second factor has to set one up, before what they ask of all is asked of them, too. */
const OWN_GRACE = `interval '1 day'`;

/**
 * An owner's, who authenticated within minutes (S85). Nobody shuts himself out unknowingly: an owner without a second factor
 * asks others for one at once, and himself a day later at the earliest.
 * @returns `stale` where {@link Recency} says what is to be shown first
 */
export async function setPolicy(
  database: Database,
  claims: Caller,
  orgId: OrgId,
  { level2, sharedDevices }: OrganizationPolicy,
  settings: RecencySettings & DemandSettings,
  context: RequestContext,
): Promise<Sure> {
  const at = context.now.toISOString();
  const changed = newEvent(
    'huleedu.identity.org.policy.changed.v1',
    { type: 'organization', id: orgId },
    {
      org_id: orgId,
      level_2_required: level2 !== null,
      ...(level2?.roles && { level_2_roles: [...level2.roles] }),
      ...(level2 && { level_2_from: level2.from.toISOString() }),
      shared_devices: sharedDevices,
      at,
    },
    context,
  );
  const detail = {
    org_id: orgId,
    shared_devices: sharedDevices,
    ...(level2 && { level_2_from: level2.from.toISOString(), ...(level2.roles && { roles: level2.roles }) }),
  };
  const [row] = await database.query<Sure>(
    `
    with ${caller}, ${stale}, ${mine},
    verdict as (
      select
        case
          -- By this statement's earlier try, whose answer was lost.
          when ${areWritten('events')} then 'allowed'
          ${managersOnly}
          when (select rank from mine) < ${OWNS} then 'forbidden'
          ${provedOnly}
          ${staleFirst}
          when exists (
            select
            from caller
            join memberships own using (user_id)
            where
              own.org_id = :org_id::uuid
              and :from::timestamptz < :now::timestamptz + ${OWN_GRACE}
              and (:roles::jsonb is null or :roles::jsonb ?| own.roles)
              and not ${hasSecondFactor('caller')}
              and not ${mailCounts('caller')}
          ) then 'no_factor_of_own'
          else 'allowed'
        end as verdict
    ),
    given as (
      select
        case when :roles::jsonb is not null then array(select jsonb_array_elements_text(:roles::jsonb)) end as roles
    ),
    changed as (
      update organizations o
      set level_2_roles = given.roles, level_2_from = :from::timestamptz, shared_devices = :shared_devices
      from verdict, given
      where
        verdict = 'allowed'
        and o.org_id = :org_id::uuid
        and (o.level_2_roles, o.level_2_from, o.shared_devices)
          is distinct from (given.roles, :from::timestamptz, :shared_devices)
        and not ${areWritten('events')}
      returning o.org_id
    ),
    announced as (${announce('events', 'changed')}),
    recorded as (${record('audit', 'changed')})
    select verdict, ${staleAcr} from verdict`,
    {
      org_id: orgId,
      roles: level2?.roles ?? null,
      from: level2?.from ?? null,
      shared_devices: sharedDevices,
      events: [changed],
      audit: [auditEntry('org.policy.changed', claims.sub, context, detail)],
      ...recencyParameters(settings),
      ...mailParameters(settings),
      ...callerParameters(claims, context),
    },
  );
  return row ?? { verdict: 'caller_gone', stale_acr: null };
}
