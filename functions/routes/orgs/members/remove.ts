/** DELETE /v1/orgs/{org_id}/members/{user_id}: another, or oneself. */
import { dataApi } from '../../../aws/data-api.ts';
import type { OrgId, UserId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { removeMember } from '../../../store/memberships.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, {}, async (request, caller) => {
  const membership = { orgId: pathId<OrgId>(request, 'org_id'), userId: pathId<UserId>(request, 'user_id') };
  assertAllowed(await removeMember(database, caller, membership, request.context));
  return { status: 204 };
});
