/** POST /v1/auth/reset-password */
import { ResetPasswordRequest } from '../../contracts/http.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { openReset, resetPassword } from '../../flows/reset-password.ts';
import { publicRoute } from '../../http/route.ts';
import { stageBreachCheck } from '../../stage/breached-passwords.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageDeviceTokens, stageOneTimeTokens, stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { deviceTokenOf } from './token-answer.ts';

const settings = stageSettings();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
  passwords: await passwordHasher(settings),
  isBreached: stageBreachCheck(),
};

const deviceTokens = stageDeviceTokens();

export const handler = publicRoute({ body: ResetPasswordRequest }, async ({ body, context }) => {
  const reset = await openReset(needs, body.token, context);
  const device = await resetPassword(needs, reset, body.new_password, context);
  return {
    status: 200,
    body: {
      message: 'The password is changed; every session has ended.',
      ...deviceTokenOf(device && (await deviceTokens.seal(device))),
    },
  };
});
