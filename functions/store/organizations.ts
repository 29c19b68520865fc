/** Organisations: making one, and which are the caller's. */

import type { OrgId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { announce, newEvent } from './outbox.ts';
import { isAdministrator } from './platform-roles.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';

/** The CTE `founder`: the caller, where they may found an organisation; and the verdict where they may not. */
const founders = {
  anyone: ['select user_id from caller', ''],
  verified: [
    'select user_id from caller join users using (user_id) where email_verified_at is not null',
    `when not exists (select from founder) then 'unproved'`,
  ],
  admins: [
    `select user_id from caller join users u using (user_id) where ${isAdministrator}`,
    `when not exists (select from founder) then 'no_founder'`,
  ],
} as const satisfies Record<Founding['organizations']['foundedBy'], readonly [founder: string, otherwise: string]>;

export interface Founding extends Pick<Settings, 'organizationsPerUser'> {
  readonly organizations: Pick<Settings['organizations'], 'foundedBy'>;
}

/** Makes an organisation that the caller owns. */
export async function createOrganization(
  database: Database,
  claims: Caller,
  { orgId, name }: { readonly orgId: OrgId; readonly name: string },
  { organizations: { foundedBy }, organizationsPerUser }: Founding,
  context: RequestContext,
): Promise<'created' | Refusal> {
  const [founder, otherwise] = founders[foundedBy];
  const created = newEvent(
    'huleedu.identity.org.created.v1',
    { type: 'organization', id: orgId },
    { org_id: orgId, user_id: claims.sub, roles: ['owner'], at: context.now.toISOString() },
    context,
  );
  const [row] = await database.query<{ verdict: 'created' | Refusal }>(
    `
    with ${caller},
    founder as (${founder}),
    founded as (
      insert into organizations (org_id, name, created_at)
      select :org_id::uuid, :name, :now::timestamptz
      from founder
      where count_memberships(founder.user_id) < :most
      on conflict do nothing
      returning org_id
    ),
    joined as (
      insert into memberships (org_id, user_id, roles, created_at)
      select org_id, caller.user_id, '{owner}', :now::timestamptz
      from founded, caller
    ),
    announced as (${announce('events', 'founded')}),
    recorded as (${record('audit', 'founded')})
    select
      case
        when not exists (select from caller) then 'caller_gone'
        ${otherwise}
        when exists (select from founded) then 'created'
        -- By this statement's earlier try, whose answer was lost.
        when exists (select from organizations where org_id = :org_id::uuid) then 'created'
        else 'too_many_organizations'
      end as verdict,
      -- There was room when the statement began: what came between may be its own earlier try.
      decide_anew(
        exists (select from founder)
        and not exists (select from founded)
        and not exists (select from organizations where org_id = :org_id::uuid)
        and (select count(*) < :most from founder join memberships using (user_id))
      )`,
    {
      org_id: orgId,
      name,
      most: organizationsPerUser,
      events: [created],
      audit: [auditEntry('org.created', claims.sub, context, { org_id: orgId })],
      ...callerParameters(claims, context),
    },
  );
  return row?.verdict ?? 'caller_gone';
}

export interface OwnOrganization {
  readonly org_id: OrgId;
  readonly name: string;
  readonly roles: readonly string[];
}

/** The caller's organisations, the one joined first before the others; null when the caller's session is over. */
export async function listOrganizations(
  database: Database,
  claims: Caller,
  context: RequestContext,
): Promise<OwnOrganization[] | null> {
  const rows = await database.query<OwnOrganization | { readonly org_id: null }>(
    `
    with ${caller}
    select o.org_id, o.name, m.roles
    from caller
    left join memberships m using (user_id)
    left join organizations o using (org_id)
    order by m.created_at, o.org_id`,
    callerParameters(claims, context),
  );
  return rows.length === 0 ? null : rows.filter((row) => row.org_id !== null);
}
