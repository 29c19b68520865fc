/** Who is signed in gives the password, or has authenticated within minutes, before what a stolen token alone must not do. */
import { emailKey } from '../domain/email-address.ts';
import { Problem } from '../domain/problem.ts';
import { guesserOf, type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { stepUp } from '../domain/step-up.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import type { FailedLogin, Lockout } from '../store/failed-logins.ts';
import { type Credentials, findCallerCredentials, type GuessKeys, type Sensitive } from '../store/passwords.ts';
import type { Recency, RecencySettings } from '../store/recent-authentication.ts';
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
export const confirmPassword = (
  needs: ConfirmNeeds,
  claims: Caller,
  password: string,
  context: RequestContext,
): Promise<Confirmed> => confirm(needs, claims, password, null, context);

/** What a sensitive statement goes by, beside {@link Confirmed}: it decides anew. */
export type ConfirmedPerson = Confirmed & Sensitive;

/**
 * Before what is sensitive (S85). Who has no second factor shows the password, or has shown it within minutes; of who has
 * one, the password is compared where it is given, and the factor has to have been shown within minutes.
 * @throws Problem those of {@link confirmPassword} and {@link stepUp}
 */
export async function confirmPerson(
  needs: ConfirmNeeds & { readonly settings: RecencySettings & DemandSettings },
  claims: Caller,
  password: string | undefined,
  context: RequestContext,
): Promise<ConfirmedPerson> {
  const sensitive = { settings: needs.settings, passwordShown: password !== undefined };
  return { ...(await confirm(needs, claims, password, sensitive, context)), ...sensitive };
}

async function confirm(
  needs: ConfirmNeeds,
  claims: Caller,
  password: string | undefined,
  sensitive: Sensitive | null,
  context: RequestContext,
): Promise<Confirmed> {
  const { sub: userId } = claims;
  const guesser = guesserOf(claims);
  const pseudonymize = await needs.pseudonyms();
  const perSession = limitsAt(context.now, pseudonymize, needs.settings).by('passwordPerSession', guesser);
  const { credentials, exceeded } = await findCallerCredentials(needs.database, claims, perSession, sensitive, context);
  if (!credentials) throw new Problem('TOKEN_INVALID');
  if (exceeded) throw tooMany(exceeded);
  if (sensitive) assertRecent(credentials, claims, sensitive.settings);

  const { email, password_epoch: passwordEpoch } = credentials;
  const sessionKey = pseudonymize('session', guesser);
  if (password !== undefined) {
    const guess = { userId, guessKey: sessionKey, guessedBy: 'session' } as const;
    await comparePassword(needs, password, credentials, guess, context);
  }
  return { email, passwordEpoch, sessionKey, addressKey: pseudonymize('address', emailKey(email)) };
}

/** @throws Problem those of {@link stepUp}, where a statement found that its caller has to authenticate first */
export function assertRecent(
  { stale_acr: acr }: Recency,
  claims: Caller,
  { reauthenticationSeconds: maxAge }: RecencySettings,
): void {
  if (acr !== null) throw stepUp(claims, { acr, maxAge });
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
  retryAfter === null
    ? new Problem('INVALID_CREDENTIALS', { detail: 'The password is wrong.' })
    : new Problem('ACCOUNT_LOCKED', { retryAfter });
