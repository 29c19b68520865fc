/** DELETE /v1/auth/me: for good, and only with the password: a stolen token must not be enough. */
import { dataApi } from '../../../aws/data-api.ts';
import { keyring } from '../../../aws/keyring.ts';
import { DeleteMeRequest } from '../../../contracts/http/administration.ts';
import { emailKey } from '../../../domain/email-address.ts';
import { verifyPassword } from '../../../domain/password-hash.ts';
import { Problem } from '../../../domain/problem.ts';
import { pseudonymizer } from '../../../domain/pseudonym.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { deleteAccount } from '../../../store/account-deletion.ts';
import { recordFailedLogin } from '../../../store/failed-logins.ts';
import { findCallerCredentials } from '../../../store/passwords.ts';

const database = dataApi();
const pseudonymKey = keyring('pseudonym');

export const handler = bearerRoute(authenticate, { body: DeleteMeRequest }, async ({ body, origin }, caller) => {
  const credentials = await findCallerCredentials(database, caller, origin);
  if (!credentials) throw new Problem('TOKEN_INVALID');
  const { email, password_epoch: passwordEpoch } = credentials;

  const key = emailKey(email);
  const addressKey = pseudonymizer((await pseudonymKey.keys())[0])('address', key);
  if (!(await verifyPassword(body.password, credentials.password_hash))) {
    const failure = { email, emailKey: key, addressKey, userId: caller.sub, reason: 'invalid_password' } as const;
    throw refusal(await recordFailedLogin(database, failure, origin));
  }
  const { outcome, retry_after } = await deleteAccount(database, caller, { email, addressKey, passwordEpoch }, origin);
  if (outcome === 'locked') throw refusal(retry_after);
  assertAllowed(outcome);
  return { status: 204 };
});

/** While the address is locked, the right password is answered as a wrong one is. */
const refusal = (retryAfter: number | null) =>
  retryAfter === null ? new Problem('INVALID_CREDENTIALS') : new Problem('ACCOUNT_LOCKED', { retryAfter });
