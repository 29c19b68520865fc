/** PUT /v1/orgs/{org_id}/members/{user_id} */
import * as z from 'zod/mini';
import { dataApi } from '../../../aws/data-api.ts';
import { SetRolesRequest } from '../../../contracts/http/organizations.ts';
import type { OrgId, UserId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { existingRoles } from '../../../http/existing-roles.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { settings } from '../../../runtime/settings.ts';
import { setRoles } from '../../../store/memberships.ts';

const database = dataApi();

export const handler = bearerRoute(
  authenticate,
  { body: z.object({ ...SetRolesRequest.shape, roles: existingRoles(settings) }) },
  async ({ body, ...request }, caller) => {
    const membership = { orgId: pathId<OrgId>(request, 'org_id'), userId: pathId<UserId>(request, 'user_id') };
    assertAllowed(await setRoles(database, caller, membership, body.roles, request.context));
    return { status: 200, body: { user_id: membership.userId, roles: body.roles } };
  },
);
