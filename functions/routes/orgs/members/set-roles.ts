/** PUT /v1/orgs/{org_id}/members/{user_id} */
import * as z from 'zod/mini';
import { SetRolesRequest } from '../../../contracts/http/organizations.ts';
import type { OrgId, UserId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { existingRoles } from '../../../http/existing-roles.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { setRoles } from '../../../store/memberships.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();
const settings = stageSettings();

export const handler = bearerRoute(
  authenticate,
  { body: z.object({ ...SetRolesRequest.shape, roles: existingRoles(settings) }) },
  async ({ body, ...request }, claims) => {
    const membership = { orgId: pathId<OrgId>(request, 'org_id'), userId: pathId<UserId>(request, 'user_id') };
    assertAllowed(await setRoles(database, claims, membership, body.roles, request.context));
    return { status: 200, body: { user_id: membership.userId, roles: body.roles } };
  },
);
