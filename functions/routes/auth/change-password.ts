/** POST /v1/auth/change-password: 204, or the session's new tokens with `renew_tokens`. */
import { dataApi } from '../../aws/data-api.ts';
import { deviceTokens } from '../../aws/device-tokens.ts';
import { keyring } from '../../aws/keyring.ts';
import { signAccessToken } from '../../aws/signer.ts';
import { ChangePasswordRequest } from '../../contracts/http.ts';
import { confirmPassword, passwordRefusal } from '../../current-password.ts';
import { accessClaims } from '../../domain/access-token.ts';
import { newDeviceId } from '../../domain/device-token.ts';
import { hashPassword } from '../../domain/password-hash.ts';
import { checkNewPassword } from '../../domain/password-policy.ts';
import { freshRefreshToken, newSecret, sha256 } from '../../domain/refresh-token.ts';
import { authenticate } from '../../http/authenticate.ts';
import { bearerRoute } from '../../http/route.ts';
import { signInAnswer } from '../../http/token-answer.ts';
import { refuseBreached } from '../../new-password.ts';
import { changePassword } from '../../store/passwords.ts';

const database = dataApi();
const chainKey = keyring('refresh-chain');
const devices = deviceTokens();

export const handler = bearerRoute(authenticate, { body: ChangePasswordRequest }, async ({ body, origin }, caller) => {
  const confirmed = await confirmPassword(database, caller, body.current_password, origin);
  checkNewPassword(body.new_password, confirmed.email);
  await refuseBreached(body.new_password);

  const newHash = await hashPassword(body.new_password);
  const secret = body.renew_tokens ? newSecret() : null;
  const change = { newHash, ...confirmed, freshHash: secret && sha256(secret) };
  const kept = await changePassword(database, caller, change, origin);
  if (kept.user_id === null) throw passwordRefusal(kept.retry_after);
  if (!secret) return { status: 204 };
  const token = freshRefreshToken(caller.sid, kept.generation, secret, await chainKey.keys());
  // Every device token ended with the password: this device's goes on in a new one.
  const device = {
    userId: caller.sub,
    deviceId: newDeviceId(),
    passwordEpoch: confirmed.passwordEpoch + 1,
    issuedAt: origin.now,
  };
  const accessToken = await signAccessToken(accessClaims(kept, caller.sid, origin.now));
  return signInAnswer(accessToken, token, await devices.seal(device));
});
