/** POST /v1/auth/recovery-codes */
import { renewRecoveryCodes } from '../../flows/recovery-codes.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageKeys } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const { authenticateEnrolling } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase(), recoveryKey: stageKeys('recovery') };

export const handler = bearerRoute(authenticateEnrolling, {}, async ({ context }, claims) => ({
  status: 201,
  body: { codes: await renewRecoveryCodes(needs, claims, context) },
}));
