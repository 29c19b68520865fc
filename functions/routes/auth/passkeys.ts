/** GET and POST /v1/auth/passkeys */
import { CreatePasskeyRequest } from '../../contracts/http/passkeys.ts';
import { createPasskey, ownPasskeys } from '../../flows/passkeys.ts';
import { byMethod } from '../../http/by-method.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePasskeyChallenges } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const { authenticateEnrolling } = stageBearerTokens();
const needs = {
  settings: stageSettings(),
  database: stageDatabase(),
  passkeyChallenges: stagePasskeyChallenges(),
};

export const handler = byMethod({
  GET: bearerRoute(authenticateEnrolling, {}, async ({ context }, claims) => ({
    status: 200,
    body: await ownPasskeys(needs, claims, context),
  })),
  POST: bearerRoute(authenticateEnrolling, { body: CreatePasskeyRequest }, async ({ body, context }, claims) => ({
    status: 201,
    body: await createPasskey(needs, claims, { credential: body.credential, name: body.name }, context),
  })),
});
