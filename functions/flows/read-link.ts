/** Reading what a link carries, before anything is done with it. */

import type { OneTimeToken, Purpose } from '../domain/one-time-token.ts';
import { Problem, type ProblemCode } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { admit } from '../store/rate-limits.ts';
import type { Needing } from './needs.ts';

const codes = {
  verify_email: { invalid: 'VERIFICATION_TOKEN_INVALID', expired: 'VERIFICATION_TOKEN_EXPIRED' },
  reset_password: { invalid: 'RESET_TOKEN_INVALID', expired: 'RESET_TOKEN_EXPIRED' },
  reset_factors: { invalid: 'RESET_TOKEN_INVALID', expired: 'RESET_TOKEN_EXPIRED' },
  email_login: { invalid: 'INVALID_CREDENTIALS', expired: 'INVALID_CREDENTIALS' },
  change_email: { invalid: 'VERIFICATION_TOKEN_INVALID', expired: 'VERIFICATION_TOKEN_EXPIRED' },
  undo_email: { invalid: 'VERIFICATION_TOKEN_INVALID', expired: 'VERIFICATION_TOKEN_EXPIRED' },
  invitation: { invalid: 'INVITATION_TOKEN_INVALID', expired: 'INVITATION_TOKEN_EXPIRED' },
} as const satisfies Record<Purpose, Record<'invalid' | 'expired', ProblemCode>>;

export type GuessNeeds = Needing<'database' | 'pseudonyms', LimitSettings>;
export type LinkNeeds = GuessNeeds & Needing<'oneTimeTokens'>;

/** A link that was used, or ended before its time. */
export const deadLink = (purpose: Purpose) => new Problem(codes[purpose].invalid);

/**
 * What a wrong token or code is answered with. It is counted as a guess (S9); a genuine one is not, since it was not
 * guessed: a class that verifies from one address is not held up, nor is anyone by a neighbour who guesses.
 */
export async function refuseGuess(
  { database, pseudonyms, settings }: GuessNeeds,
  purpose: Purpose,
  context: RequestContext,
): Promise<Problem> {
  const guesses = limitsAt(context.now, await pseudonyms(), settings).byIp('tokenGuessPerIp', context.ipAddress);
  const exceeded = await admit(database, guesses, context);
  return exceeded ? tooMany(exceeded) : deadLink(purpose);
}

/**
 * A genuine token, whether or not its time is over.
 * @throws Problem …_TOKEN_INVALID, RATE_LIMITED
 */
export async function readGenuine(
  needs: LinkNeeds,
  encoded: string,
  purpose: Purpose,
  context: RequestContext,
): Promise<OneTimeToken> {
  const token = await needs.oneTimeTokens.read(encoded, purpose);
  if (!token) throw await refuseGuess(needs, purpose, context);
  return token;
}

/**
 * A genuine token within its time.
 * @throws Problem …_TOKEN_INVALID, …_TOKEN_EXPIRED, RATE_LIMITED
 */
export async function readLink(
  needs: LinkNeeds,
  encoded: string,
  purpose: Purpose,
  context: RequestContext,
): Promise<OneTimeToken> {
  const token = await readGenuine(needs, encoded, purpose, context);
  if (token.expiresAt <= context.now) throw new Problem(codes[purpose].expired);
  return token;
}
