/** The present password of whoever is signed in, asked for before what a stolen access token alone must not do. */
import { emailKey } from '../domain/email-address.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { FailedLogin, Lockout } from '../store/failed-logins.ts';
import { type Credentials, findCallerCredentials, type GuessKeys } from '../store/passwords.ts';
import type { Caller } from '../store/sessions.ts';
import type { Needing } from './needs.ts';
import { recordFailure } from './record-failure.ts';

export type ConfirmNeeds = Needing<'database' | 'pseudonyms' | 'passwords', LimitSettings & Lockout>;

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
  needs: ConfirmNeeds,
  claims: Caller,
  password: string,
  context: RequestContext,
): Promise<Confirmed> {
  const { sub: userId, sid } = claims;
  const pseudonymize = await needs.pseudonyms();
  const perSession = limitsAt(context.now, pseudonymize, needs.settings).by('passwordPerSession', sid);
  const { credentials, exceeded } = await findCallerCredentials(needs.database, claims, perSession, context);
  if (!credentials) throw new Problem('TOKEN_INVALID');
  if (exceeded) throw tooMany(exceeded);

  const { email, password_epoch: passwordEpoch } = credentials;
  const sessionKey = pseudonymize('session', sid);
  await comparePassword(needs, password, credentials, { userId, guessKey: sessionKey, guessedBy: 'session' }, context);
  return { email, passwordEpoch, sessionKey, addressKey: pseudonymize('address', emailKey(email)) };
}

/** @throws Problem INVALID_CREDENTIALS, ACCOUNT_LOCKED for a failure while what it is counted by is closed */
export async function comparePassword(
  { database, passwords, settings }: Needing<'database' | 'passwords', Lockout>,
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
