/**
 * POST /v1/auth/passkeys/options and /v1/auth/passkeys/reauthenticate-options: what a browser makes a passkey by, and shows
 * one by again.
 */
import { ownPasskeyOptions } from '../../../flows/passkey-options.ts';
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

export const handler = bearerRoute(authenticateEnrolling, {}, async ({ path, context }, claims) => {
  const optionsOf = path.endsWith('/reauthenticate-options') ? ownPasskeyOptions : passkeyOptions;
  return { status: 200, body: { options: await optionsOf(needs, claims, context) } };
});
