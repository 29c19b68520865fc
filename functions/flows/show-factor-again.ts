/** A second factor of whoever is signed in, shown once more: their session is raised (S85), and no token is made. */
import { methodsOf } from '../domain/authentication-level.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { countTry, recordMiss } from '../store/factor-guesses.ts';
import { raiseSession } from '../store/raised-sessions.ts';
import type { Caller } from '../store/sessions.ts';
import type { Needing } from './needs.ts';
import { type CheckNeeds, checkFactor, credentialOf, type GivenFactor } from './second-factors.ts';

export interface SignedInPerson extends Caller {
  readonly email: string;
  /** That the session is of. */
  readonly passwordEpoch: number;
}

/**
 * Tries are counted as those of a sign-in from an unknown device: a stolen session is no way to guess more.
 * @throws Problem RATE_LIMITED, INVALID_CREDENTIALS, TOKEN_INVALID when the session is over
 */
export async function showFactorAgain(
  needs: CheckNeeds & Needing<'database' | 'pseudonyms', LimitSettings>,
  person: SignedInPerson,
  given: GivenFactor,
  context: RequestContext,
): Promise<void> {
  const { database, settings } = needs;
  const { sub: userId, email, passwordEpoch } = person;
  const { method } = given;
  const limits = limitsAt(context.now, await needs.pseudonyms(), settings);
  const by = `${method}:${userId}`;
  const { exceeded, account, factor } = await countTry(
    database,
    { userId, passwordEpoch, kind: method, credentialId: credentialOf(given) },
    [...limits.by('factorGuess', by), ...limits.by('factorGuessDaily', by)],
    context,
  );
  if (exceeded) throw tooMany(exceeded);
  if (!account) throw new Problem('TOKEN_INVALID');
  const asked = { use: 'reauthenticate', of: person.sid } as const;
  const used = factor && (await checkFactor(needs, { given, userId, factor, asked, now: context.now }));
  if (!used) {
    await recordMiss(database, { userId, email, kind: method }, context);
    throw new Problem('INVALID_CREDENTIALS');
  }
  const shown = { amr: methodsOf[method], factor: used };
  if (!(await raiseSession(database, person, shown, context))) throw new Problem('INVALID_CREDENTIALS');
}
