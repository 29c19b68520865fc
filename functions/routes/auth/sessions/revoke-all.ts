/** POST /v1/auth/sessions/revoke-all: the others, and with `keep_current: false` the caller's own too. */

import { RevokeAllRequest } from '../../../contracts/http.ts';
import { Problem } from '../../../domain/problem.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { revokeAllSessions } from '../../../store/sessions.ts';

const { authenticateEnrolling } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(
  authenticateEnrolling,
  { body: RevokeAllRequest },
  async ({ body, context }, claims) => {
    const keepCurrent = body.keep_current ?? true;
    const revoked = await revokeAllSessions(database, claims, { keepCurrent }, context);
    if (revoked === null) throw new Problem('TOKEN_INVALID');
    return { status: 200, body: { revoked } };
  },
);
