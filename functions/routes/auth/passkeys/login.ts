/** POST /v1/auth/passkeys/login */
import { PasskeyLoginRequest } from '../../../contracts/http/passkeys.ts';
import { signInWithPasskey } from '../../../flows/sign-in-with-passkey.ts';
import { formCookie } from '../../../http/form-token.ts';
import { publicRoute } from '../../../http/route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageDeviceTokens, stagePasskeyChallenges, stagePseudonyms, stageRefreshTokens } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { stageSigner } from '../../../stage/signer.ts';
import { signInAnswer } from '../token-answer.ts';

const settings = stageSettings();
const signer = stageSigner();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  refreshTokens: stageRefreshTokens(),
  deviceTokens: stageDeviceTokens(),
  passkeyChallenges: stagePasskeyChallenges(),
  admitSigning: signer.admit,
};
signer.prepare();

export const handler = publicRoute({ body: PasskeyLoginRequest }, async (request) => {
  const { assertion, device_name: deviceName, device_token: deviceToken } = request.body;
  const browser = formCookie(request, settings);
  const tried = { assertion, browser, deviceName, deviceToken: () => deviceToken };
  return signInAnswer(await signInWithPasskey(needs, tried, request.context));
});
