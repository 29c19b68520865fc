/** POST /v1/auth/sessions/revoke */
import { dataApi } from '../../../aws/data-api.ts';
import { RevokeSessionRequest } from '../../../contracts/http.ts';
import type { SessionId } from '../../../domain/ids.ts';
import { Problem } from '../../../domain/problem.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { revokeOwnSession } from '../../../store/sessions.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, { body: RevokeSessionRequest }, async ({ body, context }, caller) => {
  const outcome = await revokeOwnSession(database, caller, body.session_id as SessionId, context);
  if (outcome === 'caller_gone') throw new Problem('TOKEN_INVALID');
  // Another person's session is not found either: ids tell nothing (S24).
  if (outcome === 'not_found') throw new Problem('RESOURCE_NOT_FOUND');
  return { status: 204 };
});
