/** POST /v1/auth/revoke (RFC 7009). The two kinds of token differ by themselves, so the hint is not looked at. */
import { RevokeRequest } from '../../contracts/http.ts';
import { revokeToken } from '../../flows/end-session.ts';
import { publicRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageRefreshTokens } from '../../stage/keys.ts';

const needs = {
  database: stageDatabase(),
  refreshTokens: stageRefreshTokens(),
  findClaims: stageBearerTokens().findClaims,
};

export const handler = publicRoute({ body: RevokeRequest, accepts: ['json', 'form'] }, async ({ body, context }) => {
  await revokeToken(needs, body.token, context);
  // An invalid token is no error: the client's aim is reached (§2.2).
  return { status: 200, body: {} };
});
