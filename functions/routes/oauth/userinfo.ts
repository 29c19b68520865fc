/** GET and POST /oauth/userinfo (OpenID Connect Core §5.3) */
import { UserinfoForm } from '../../contracts/http/oauth.ts';
import type { AccessClaims, MachineClaims } from '../../domain/access-token.ts';
import { isOriginOf } from '../../domain/client-origins.ts';
import { inform } from '../../flows/inform.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import { tokenRoute } from '../../http/token-route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageSettings } from '../../stage/settings.ts';

const needs = { settings: stageSettings(), database: stageDatabase() };
const { authenticateAny } = stageBearerTokens();

const answer = async ({ context }: RawRequest, token: AccessClaims | MachineClaims): Promise<HttpAnswer> => {
  const { claims, redirectUris } = await inform(needs, token, context.now);
  return { status: 200, body: claims, isOfClient: (origin) => isOriginOf(origin, redirectUris) };
};

export const handler = byMethod({
  GET: tokenRoute(authenticateAny, {}, answer),
  POST: tokenRoute(authenticateAny, { body: UserinfoForm }, answer),
});
