/** POST /v1/admin/users/{user_id}/revoke-sessions */
import { dataApi } from '../../../aws/data-api.ts';
import type { UserId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { endSessions } from '../../../store/administration.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, {}, async (request, caller) => {
  const { verdict, revoked } = await endSessions(database, caller, pathId<UserId>(request, 'user_id'), request.context);
  assertAllowed(verdict);
  return { status: 200, body: { revoked } };
});
