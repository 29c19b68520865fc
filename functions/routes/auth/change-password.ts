/** POST /v1/auth/change-password: 204, or the session's new tokens with `renew_tokens`. */
import { dataApi } from '../../aws/data-api.ts';
import { deviceTokens } from '../../aws/device-tokens.ts';
import { hmacKeys } from '../../aws/hmac-keys.ts';
import { signAccessToken } from '../../aws/signer.ts';
import { ChangePasswordRequest } from '../../contracts/http.ts';
import { accessClaims } from '../../domain/access-token.ts';
import { newDeviceId } from '../../domain/device-token.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { checkNewPassword } from '../../domain/password-policy.ts';
import { freshRefreshToken, newSecret, sha256 } from '../../domain/refresh-token.ts';
import { confirmPassword, passwordRefusal } from '../../flows/confirm-password.ts';
import { refuseBreached } from '../../flows/new-password.ts';
import { authenticate } from '../../http/authenticate.ts';
import { bearerRoute } from '../../http/route.ts';
import { signInAnswer } from '../../http/token-answer.ts';
import { settings } from '../../runtime/settings.ts';
import { changePassword } from '../../store/passwords.ts';

const database = dataApi();
const chainKey = hmacKeys('refresh-chain');
const devices = deviceTokens();
const passwords = await passwordHasher(settings);

export const handler = bearerRoute(authenticate, { body: ChangePasswordRequest }, async ({ body, context }, caller) => {
  const confirmed = await confirmPassword(database, caller, body.current_password, context);
  checkNewPassword(body.new_password, confirmed.email, settings);
  await refuseBreached(body.new_password);

  const newHash = await passwords.hash(body.new_password);
  const secret = body.renew_tokens ? newSecret() : null;
  const change = { newHash, ...confirmed, freshHash: secret && sha256(secret) };
  const kept = await changePassword(database, caller, change, context);
  if (kept.user_id === null) throw passwordRefusal(kept.retry_after);
  if (!secret) return { status: 204 };
  const token = freshRefreshToken(caller.sid, kept.generation, secret, await chainKey.keys());
  // Every device token ended with the password: this device's goes on in a new one.
  const device = {
    userId: caller.sub,
    deviceId: newDeviceId(),
    passwordEpoch: confirmed.passwordEpoch + 1,
    issuedAt: context.now,
  };
  const claims = accessClaims(kept, { sessionId: caller.sid, now: context.now }, settings);
  const accessToken = await signAccessToken(claims);
  return signInAnswer(accessToken, token, await devices.seal(device));
});
