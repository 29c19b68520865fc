/** POST /v1/admin/users/{user_id}/unlock */
import type { UserId } from '../../../domain/ids.ts';
import { unlockAccount } from '../../../flows/lock-account.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stagePseudonyms } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase(), pseudonyms: stagePseudonyms() };

export const handler = bearerRoute(authenticate, {}, async (request, claims) => {
  const userId = pathId<UserId>(request, 'user_id');
  await unlockAccount(needs, claims, userId, request.context);
  return { status: 200, body: { user_id: userId, locked_until: null } };
});
