/** POST /v1/admin/users/{user_id}/revoke-sessions */

import type { UserId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { endSessions } from '../../../store/administration.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, {}, async (request, claims) => {
  const { verdict, revoked } = await endSessions(database, claims, pathId<UserId>(request, 'user_id'), request.context);
  assertAllowed(verdict);
  return { status: 200, body: { revoked } };
});
