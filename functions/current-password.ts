/** A caller's present password, asked for before what a stolen access token alone must not do. */

import type { Database } from './aws/data-api.ts';
import { keyring } from './aws/keyring.ts';
import { emailKey } from './domain/email-address.ts';
import type { UserId } from './domain/ids.ts';
import type { Origin } from './domain/origin.ts';
import { verifyPassword } from './domain/password-hash.ts';
import { Problem } from './domain/problem.ts';
import { pseudonymizer } from './domain/pseudonym.ts';
import { recordFailedLogin } from './store/failed-logins.ts';
import type { Credentials } from './store/passwords.ts';

const pseudonymKey = keyring('pseudonym');

/**
 * Guesses count as those at login do, so that no access token is a way to guess past the lock.
 * @returns the key that the address is locked by, which the statement that follows still has to look at
 * @throws Problem INVALID_CREDENTIALS, ACCOUNT_LOCKED
 */
export async function confirmPassword(
  database: Database,
  password: string,
  { email, password_hash }: Credentials,
  userId: UserId,
  origin: Origin,
): Promise<Buffer> {
  const key = emailKey(email);
  const addressKey = pseudonymizer((await pseudonymKey.keys())[0])('address', key);
  if (await verifyPassword(password, password_hash)) return addressKey;
  const failure = { email, emailKey: key, addressKey, userId, reason: 'invalid_password' } as const;
  throw passwordRefusal(await recordFailedLogin(database, failure, origin));
}

/** While the address is locked, the right password is answered as a wrong one is. */
export const passwordRefusal = (retryAfter: number | null) =>
  retryAfter === null ? new Problem('INVALID_CREDENTIALS') : new Problem('ACCOUNT_LOCKED', { retryAfter });
