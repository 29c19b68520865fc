/** POST /v1/auth/sessions/revoke-all: the others, and with `keep_current: false` the caller's own too. */
import { dataApi } from '../../../aws/data-api.ts';
import { RevokeAllRequest } from '../../../contracts/http.ts';
import { Problem } from '../../../domain/problem.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { revokeAllSessions } from '../../../store/sessions.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, { body: RevokeAllRequest }, async ({ body, context }, caller) => {
  const keepCurrent = body.keep_current ?? true;
  const revoked = await revokeAllSessions(database, caller, { keepCurrent }, context);
  if (revoked === null) throw new Problem('TOKEN_INVALID');
  return { status: 200, body: { revoked } };
});
