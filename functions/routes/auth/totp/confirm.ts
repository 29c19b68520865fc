/** POST /v1/auth/totp/confirm */
import { ConfirmTotpRequest } from '../../../contracts/http/factors.ts';
import { confirmNewTotp } from '../../../flows/totp.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stagePseudonyms, stageTotpSecrets } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticateEnrolling } = stageBearerTokens();
const needs = {
  settings: stageSettings(),
  database: stageDatabase(),
  totpSecrets: stageTotpSecrets(),
  pseudonyms: stagePseudonyms(),
};

export const handler = bearerRoute(
  authenticateEnrolling,
  { body: ConfirmTotpRequest },
  async ({ body, context }, claims) => ({
    status: 200,
    body: { recovery_codes_left: await confirmNewTotp(needs, claims, body.code, context) },
  }),
);
