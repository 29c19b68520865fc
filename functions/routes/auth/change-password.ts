/** POST /v1/auth/change-password */
import { dataApi } from '../../aws/data-api.ts';
import { ChangePasswordRequest } from '../../contracts/http.ts';
import { confirmPassword, passwordRefusal } from '../../current-password.ts';
import { hashPassword } from '../../domain/password-hash.ts';
import { Problem } from '../../domain/problem.ts';
import { authenticate } from '../../http/authenticate.ts';
import { bearerRoute } from '../../http/route.ts';
import { acceptNewPassword } from '../../new-password.ts';
import { changePassword, findCallerCredentials } from '../../store/passwords.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, { body: ChangePasswordRequest }, async ({ body, origin }, caller) => {
  const credentials = await findCallerCredentials(database, caller, origin);
  if (!credentials) throw new Problem('TOKEN_INVALID');
  const { email, password_epoch: passwordEpoch } = credentials;
  await acceptNewPassword(body.new_password, email);

  const addressKey = await confirmPassword(database, body.current_password, credentials, caller.sub, origin);
  const newHash = await hashPassword(body.new_password);
  const outcome = await changePassword(database, caller, { newHash, passwordEpoch, addressKey }, origin);
  if (!outcome.changed) throw passwordRefusal(outcome.retry_after);
  return { status: 204 };
});
