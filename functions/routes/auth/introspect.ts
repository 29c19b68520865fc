/** POST /v1/auth/introspect (RFC 7662), for services with IAM credentials: API Gateway checks their SigV4 signature. */
import { dataApi } from '../../aws/data-api.ts';
import { refreshTokens } from '../../aws/refresh-tokens.ts';
import { IntrospectRequest, type IntrospectResponse } from '../../contracts/http.ts';
import { findClaims } from '../../http/authenticate.ts';
import { publicRoute } from '../../http/route.ts';
import { environment, settings } from '../../settings.ts';
import { findLiveSession } from '../../store/sessions.ts';

const database = dataApi();
const tokens = refreshTokens();

export const handler = publicRoute({ body: IntrospectRequest, form: true }, async ({ body, origin }) => ({
  status: 200,
  // §2.2: of a token that is not active nothing else is told, not even why.
  body: (await introspectAccessToken(body.token, origin.now)) ??
    (await introspectRefreshToken(body.token, origin.now)) ?? { active: false },
}));

async function introspectAccessToken(token: string, now: Date): Promise<IntrospectResponse | null> {
  const claims = await findClaims(token, now);
  if (!claims || !(await findLiveSession(database, claims.sid, now))) return null;
  const { sub, sid, jti, iss, aud, exp, iat, org_id, roles } = claims;
  return { active: true, sub, sid, jti, iss, aud, exp, iat, org_id, roles: [...roles], token_type: 'Bearer' };
}

async function introspectRefreshToken(encoded: string, now: Date): Promise<IntrospectResponse | null> {
  const token = await tokens.read(encoded);
  const session = token && (await findLiveSession(database, token.sessionId, now));
  // A superseded token is not active, though within the grace it still answers its successor.
  if (!session || !token.hash.equals(session.current_hash)) return null;
  return {
    active: true,
    sub: session.user_id,
    sid: token.sessionId,
    iss: environment('ISSUER'),
    aud: settings.audience,
    exp: session.ends_at,
    iat: session.rotated_at,
    org_id: session.org_id,
    token_type: 'refresh_token',
  };
}
