/** POST /v1/auth/change-password */
import { dataApi } from '../../aws/data-api.ts';
import { keyring } from '../../aws/keyring.ts';
import { ChangePasswordRequest } from '../../contracts/http.ts';
import { emailKey } from '../../domain/email-address.ts';
import { hashPassword, verifyPassword } from '../../domain/password-hash.ts';
import { Problem } from '../../domain/problem.ts';
import { pseudonymizer } from '../../domain/pseudonym.ts';
import { authenticate } from '../../http/authenticate.ts';
import { bearerRoute } from '../../http/route.ts';
import { acceptNewPassword } from '../../new-password.ts';
import { recordFailedLogin } from '../../store/failed-logins.ts';
import { changePassword, findCallerCredentials } from '../../store/passwords.ts';

const database = dataApi();
const pseudonymKey = keyring('pseudonym');

export const handler = bearerRoute(authenticate, { body: ChangePasswordRequest }, async ({ body, origin }, caller) => {
  const credentials = await findCallerCredentials(database, caller, origin);
  if (!credentials) throw new Problem('TOKEN_INVALID');
  const { email, password_epoch: passwordEpoch } = credentials;
  await acceptNewPassword(body.new_password, email);

  const key = emailKey(email);
  const addressKey = pseudonymizer((await pseudonymKey.keys())[0])('address', key);
  if (!(await verifyPassword(body.current_password, credentials.password_hash))) {
    // A stolen access token must not be a way to guess past the lock, so guesses count as those at login do.
    const failure = { email, emailKey: key, addressKey, userId: caller.sub, reason: 'invalid_password' } as const;
    throw refusal(await recordFailedLogin(database, failure, origin));
  }
  const newHash = await hashPassword(body.new_password);
  const outcome = await changePassword(database, caller, { newHash, passwordEpoch, addressKey }, origin);
  if (!outcome.changed) throw refusal(outcome.retry_after);
  return { status: 204 };
});

/** While the address is locked, the right password is answered as a wrong one is. */
const refusal = (retryAfter: number | null) =>
  retryAfter === null ? new Problem('INVALID_CREDENTIALS') : new Problem('ACCOUNT_LOCKED', { retryAfter });
