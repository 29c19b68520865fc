/** GET /v1/admin/users/{user_id} */

import type { UserId } from '../../../domain/ids.ts';
import { Problem } from '../../../domain/problem.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { findUser } from '../../../store/administered-user.ts';
import { administeredUser } from './administered-user.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, {}, async (request, claims) => {
  const userId = pathId<UserId>(request, 'user_id');
  const { verdict, user } = await findUser(database, claims, { userId }, request.context);
  assertAllowed(verdict);
  if (!user) throw new Problem('RESOURCE_NOT_FOUND');
  return { status: 200, body: administeredUser(user) };
});
