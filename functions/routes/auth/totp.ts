/** POST and DELETE /v1/auth/totp */
import { dropTotp, setUpTotp } from '../../flows/totp.ts';
import { byMethod } from '../../http/by-method.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageTotpSecrets } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const { authenticateEnrolling } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase(), totpSecrets: stageTotpSecrets() };

export const handler = byMethod({
  POST: bearerRoute(authenticateEnrolling, {}, async ({ context }, claims) => {
    const { secret, uri, qr } = await setUpTotp(needs, claims, context);
    return { status: 201, body: { secret, otpauth_uri: uri, qr_svg: qr } };
  }),
  DELETE: bearerRoute(authenticateEnrolling, {}, async ({ context }, claims) => {
    await dropTotp(needs, claims, context);
    return { status: 204 };
  }),
});
