/**
 * POST /v1/auth/revoke (RFC 7009): ends the session that a token belongs to. The hint is not needed to tell the two
 * kinds apart, so it is not looked at (§2.1 allows that).
 */
import { dataApi } from '../../aws/data-api.ts';
import { refreshTokens } from '../../aws/refresh-tokens.ts';
import { RevokeRequest } from '../../contracts/http.ts';
import { findClaims } from '../../http/authenticate.ts';
import { publicRoute } from '../../http/route.ts';
import { endSession } from '../../store/sessions.ts';

const database = dataApi();
const tokens = refreshTokens();

export const handler = publicRoute({ body: RevokeRequest, accepts: ['json', 'form'] }, async ({ body, context }) => {
  const refreshToken = await tokens.read(body.token);
  const sessionId = refreshToken?.sessionId ?? (await findClaims(body.token, context.now))?.sid;
  if (sessionId) await endSession(database, sessionId, context);
  // An invalid token is no error: the client's aim is reached (§2.2).
  return { status: 200, body: {} };
});
