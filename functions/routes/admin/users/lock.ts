/** POST /v1/admin/users/{user_id}/lock: until a time, or until somebody unlocks. */
import { LockRequest } from '../../../contracts/http/administration.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockAccount } from '../../../flows/lock-account.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase() };

export const handler = bearerRoute(authenticate, { body: LockRequest }, async ({ body, ...request }, claims) => {
  const userId = pathId<UserId>(request, 'user_id');
  const end = await lockAccount(needs, claims, { userId, until: body.until }, request.context);
  return { status: 200, body: { user_id: userId, locked_until: end.toISOString() } };
});
