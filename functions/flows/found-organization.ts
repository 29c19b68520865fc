/** Founding an organisation, whose owner is whoever founds it. */
import type { AccessClaims } from '../domain/access-token.ts';
import { newId, type OrgId } from '../domain/ids.ts';
import { assertAllowed } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { createOrganization, type Founding, type OwnOrganization } from '../store/organizations.ts';
import type { Needing } from './needs.ts';

/** @throws Problem FORBIDDEN, EMAIL_NOT_VERIFIED for whoever may not, CONFLICT for who is in too many */
export async function foundOrganization(
  { database, settings }: Needing<'database', Founding>,
  claims: AccessClaims,
  name: string,
  context: RequestContext,
): Promise<OwnOrganization> {
  const orgId = newId<OrgId>();
  assertAllowed(await createOrganization(database, claims, { orgId, name }, settings, context));
  return { org_id: orgId, name, roles: ['owner'] };
}
