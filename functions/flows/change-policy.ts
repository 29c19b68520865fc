/** What an organisation asks of its members, as an owner sets it. */
import type { OrgId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { type OrganizationPolicy, setPolicy } from '../store/organization-policy.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import type { Caller } from '../store/sessions.ts';
import { assertSure } from './assert-sure.ts';
import type { Needing } from './needs.ts';

/** @throws Problem RESOURCE_NOT_FOUND, FORBIDDEN, EMAIL_NOT_VERIFIED, CONFLICT, REAUTHENTICATION_REQUIRED */
export async function changePolicy(
  { database, settings }: Needing<'database', RecencySettings & DemandSettings>,
  caller: Caller,
  orgId: OrgId,
  policy: OrganizationPolicy,
  context: RequestContext,
): Promise<void> {
  assertSure(await setPolicy(database, caller, orgId, policy, settings, context), caller, settings);
}
