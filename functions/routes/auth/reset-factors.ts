/** POST /v1/auth/reset-factors: begins the session in which somebody whose factors were taken sets others up. */
import { RestoreFactorsRequest } from '../../contracts/http/factors.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { restoreFactors } from '../../flows/restore-factors.ts';
import { publicRoute } from '../../http/route.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageDeviceTokens, stageOneTimeTokens, stagePseudonyms, stageRefreshTokens } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { signInAnswer } from './token-answer.ts';

const settings = stageSettings();
const signer = stageSigner();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
  refreshTokens: stageRefreshTokens(),
  deviceTokens: stageDeviceTokens(),
  passwords: await passwordHasher(settings),
  admitSigning: signer.admit,
};
signer.prepare();

export const handler = publicRoute({ body: RestoreFactorsRequest }, async ({ body, context }) => {
  const { token, password, device_name: deviceName } = body;
  return signInAnswer(await restoreFactors(needs, { token, password, deviceName }, context));
});
