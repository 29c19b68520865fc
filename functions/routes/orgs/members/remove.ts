/** DELETE /v1/orgs/{org_id}/members/{user_id}: another, or oneself. */

import type { OrgId, UserId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { removeMember } from '../../../store/memberships.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, {}, async (request, claims) => {
  const membership = { orgId: pathId<OrgId>(request, 'org_id'), userId: pathId<UserId>(request, 'user_id') };
  assertAllowed(await removeMember(database, claims, membership, request.context));
  return { status: 204 };
});
