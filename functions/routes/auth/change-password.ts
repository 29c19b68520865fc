/** POST /v1/auth/change-password: 204, or the session's new tokens with `renew_tokens`. */
import { ChangePasswordRequest } from '../../contracts/http.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { type ChangePasswordNeeds, changePassword } from '../../flows/change-password.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageBreachCheck } from '../../stage/breached-passwords.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageDeviceTokens, stagePseudonyms, stageRefreshTokens } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { signInAnswer } from './token-answer.ts';

const { authenticate } = stageBearerTokens();
const settings = stageSettings();
const needs: ChangePasswordNeeds = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  refreshTokens: stageRefreshTokens(),
  deviceTokens: stageDeviceTokens(),
  passwords: await passwordHasher(settings),
  isBreached: stageBreachCheck(),
  admitSigning: stageSigner().admit,
};

export const handler = bearerRoute(authenticate, { body: ChangePasswordRequest }, async ({ body, context }, claims) => {
  const { current_password: currentPassword, new_password: newPassword, renew_tokens: renewTokens = false } = body;
  const renewed = await changePassword(needs, claims, { currentPassword, newPassword, renewTokens }, context);
  return renewed ? signInAnswer(renewed) : { status: 204 };
});
