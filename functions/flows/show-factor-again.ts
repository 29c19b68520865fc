/** Showing a second factor in a session that there is: it is of level 2 again, and no other is (S85). */
import type { TokenSession, TokenSubject } from '../domain/access-token.ts';
import { Problem } from '../domain/problem.ts';
import { guesserOf, type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { countOwnTry } from '../store/factor-guesses.ts';
import { recordMiss } from '../store/factor-misses.ts';
import { reauthenticateByFactor } from '../store/reauthentication.ts';
import type { Caller } from '../store/sessions.ts';
import type { Needing } from './needs.ts';
import { reauthenticationOf } from './passkey-options.ts';
import {
  type CheckNeeds,
  checkFactor,
  credentialOf,
  type GivenFactor,
  guesses,
  wrongFactor,
} from './second-factors.ts';

/**
 * Guesses are counted as those of the password are: a stolen token does not keep the owner from signing in.
 * @returns whom the session's next tokens are for
 * @throws Problem TOKEN_INVALID when the session is over, RATE_LIMITED, INVALID_CREDENTIALS, CHALLENGE_INVALID
 */
export async function showFactorAgain(
  needs: CheckNeeds & Needing<'database' | 'pseudonyms', LimitSettings & DemandSettings>,
  caller: Caller,
  given: GivenFactor,
  context: RequestContext,
): Promise<TokenSubject & TokenSession> {
  const { database, settings } = needs;
  const { sub: userId, sid } = caller;
  const { method: kind } = given;
  const limits = limitsAt(context.now, await needs.pseudonyms(), settings);
  const counts = guesses(limits, kind, { by: guesserOf(caller), of: sid, userId });
  const { exceeded, account, factor } = await countOwnTry(
    database,
    caller,
    { kind, credentialId: credentialOf(given), of: sid },
    counts.all,
    settings,
    context,
  );
  if (exceeded) throw tooMany(exceeded);
  if (!account) throw new Problem('TOKEN_INVALID');
  const asked = reauthenticationOf(sid);
  const used = factor && (await checkFactor(needs, { given, userId, factor, asked, now: context.now }));
  if (!used) {
    await recordMiss(database, { userId, email: account.email, kind }, context);
    throw wrongFactor(kind);
  }
  const shown = {
    passwordEpoch: account.password_epoch,
    kind,
    factor: used.use,
    once: used.once && { ...used.once, tries: counts.wrong },
  };
  const subject = await reauthenticateByFactor(database, caller, shown, context);
  if (!subject) throw wrongFactor(kind);
  return subject;
}
