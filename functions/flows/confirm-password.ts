/** A caller's present password, asked for before what a stolen access token alone must not do. */

import { hmacKeys } from '../aws/hmac-keys.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import { emailKey } from '../domain/email-address.ts';
import { passwordHasher } from '../domain/password-hash.ts';
import { Problem } from '../domain/problem.ts';
import { pseudonymizer } from '../domain/pseudonym.ts';
import { limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { settings } from '../runtime/settings.ts';
import type { Database } from '../store/database.ts';
import type { FailedLogin } from '../store/failed-logins.ts';
import { type Credentials, findCallerCredentials, type GuessKeys } from '../store/passwords.ts';
import { recordFailure } from './record-failure.ts';

const pseudonymKey = hmacKeys('pseudonym');
const passwords = await passwordHasher(settings);

export interface Confirmed extends GuessKeys {
  readonly email: string;
  /** Of the password that was compared: what follows is for the account that still has it. */
  readonly passwordEpoch: number;
}

/**
 * Guesses are counted by the session: whoever tries the owner's address from elsewhere does not keep the owner from
 * changing the password (S67), and a stolen access token is no way to lock the owner out, nor to guess without end.
 * @throws Problem TOKEN_INVALID when the session is over, RATE_LIMITED, INVALID_CREDENTIALS, ACCOUNT_LOCKED
 */
export async function confirmPassword(
  database: Database,
  caller: AccessClaims,
  password: string,
  context: RequestContext,
): Promise<Confirmed> {
  const { sub: userId, sid } = caller;
  const pseudonymize = pseudonymizer((await pseudonymKey.keys())[0]);
  const perSession = limitsAt(context.now, pseudonymize, settings).by('passwordPerSession', sid);
  const { credentials, exceeded } = await findCallerCredentials(database, caller, perSession, context);
  if (!credentials) throw new Problem('TOKEN_INVALID');
  if (exceeded) throw tooMany(exceeded);

  const { email, password_epoch: passwordEpoch } = credentials;
  const sessionKey = pseudonymize('session', sid);
  await comparePassword(
    database,
    password,
    credentials,
    { userId, guessKey: sessionKey, guessedBy: 'session' },
    context,
  );
  return { email, passwordEpoch, sessionKey, addressKey: pseudonymize('address', emailKey(email)) };
}

/** @throws Problem INVALID_CREDENTIALS, ACCOUNT_LOCKED for a failure while what it is counted by is closed */
export async function comparePassword(
  database: Database,
  password: string,
  { email, password_hash }: Credentials,
  guess: Pick<FailedLogin, 'userId' | 'guessKey' | 'guessedBy'>,
  context: RequestContext,
): Promise<void> {
  if (await passwords.verify(password, password_hash)) return;
  const failure = { email, reason: 'invalid_password', ...guess } as const;
  throw passwordRefusal(await recordFailure(database, failure, settings, context));
}

/** While the session is closed to guesses, the right password is answered as a wrong one is. */
export const passwordRefusal = (retryAfter: number | null) =>
  retryAfter === null ? new Problem('INVALID_CREDENTIALS') : new Problem('ACCOUNT_LOCKED', { retryAfter });
