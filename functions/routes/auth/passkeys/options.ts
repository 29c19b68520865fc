/** POST /v1/auth/passkeys/options: what a browser makes a passkey by. */
import { passkeyOptions } from '../../../flows/passkeys.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stagePasskeyChallenges } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticateEnrolling } = stageBearerTokens();
const needs = {
  settings: stageSettings(),
  database: stageDatabase(),
  passkeyChallenges: stagePasskeyChallenges(),
};

export const handler = bearerRoute(authenticateEnrolling, {}, async ({ context }, claims) => ({
  status: 200,
  body: { options: await passkeyOptions(needs, claims, context) },
}));
