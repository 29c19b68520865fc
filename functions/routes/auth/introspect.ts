/** POST /v1/auth/introspect (RFC 7662), for services with IAM credentials: API Gateway checks their SigV4 signature. */
import { IntrospectRequest } from '../../contracts/http.ts';
import { type IntrospectNeeds, introspect } from '../../flows/introspect.ts';
import { publicRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageRefreshTokens } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const needs: IntrospectNeeds = {
  settings: stageSettings(),
  database: stageDatabase(),
  refreshTokens: stageRefreshTokens(),
  findClaims: stageBearerTokens().findClaims,
};

export const handler = publicRoute(
  { body: IntrospectRequest, accepts: ['json', 'form'] },
  async ({ body, context }) => ({
    status: 200,
    body: await introspect(needs, body.token, context),
  }),
);
