/** Showing a second factor in a session that there is: it is of level 2 again, and no other is (S85). */
import { type AccessClaims, clientOf, type TokenSettings } from '../domain/access-token.ts';
import { levelOf } from '../domain/authentication-level.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { countOwnTry, recordMiss } from '../store/factor-guesses.ts';
import { reauthenticateByFactor as noteFactor } from '../store/reauthentication.ts';
import type { Needing } from './needs.ts';
import { type CheckNeeds, checkFactor, type GivenFactor } from './second-factors.ts';
import { type IssuedToken, issueToken } from './session-tokens.ts';

export type StepUpNeeds = CheckNeeds &
  Needing<'database' | 'pseudonyms' | 'admitSigning', LimitSettings & TokenSettings>;

/** People type either into one field. */
export const methodOfCode = (code: string) => (/^\d{3} ?\d{3}$/.test(code) ? 'totp' : 'recovery');

/**
 * Guesses are counted by the session, as those of the password are: a stolen token does not keep the owner from signing in.
 * @throws Problem TOKEN_INVALID when the session is over, RATE_LIMITED, INVALID_CREDENTIALS
 */
export async function reauthenticateByFactor(
  needs: StepUpNeeds,
  claims: AccessClaims,
  given: GivenFactor,
  context: RequestContext,
): Promise<IssuedToken> {
  const { database, settings } = needs;
  const sign = needs.admitSigning();
  const { sub: userId, sid } = claims;
  const { method: kind } = given;
  const by = `${kind}:${sid}`;
  const limits = limitsAt(context.now, await needs.pseudonyms(), settings);
  const { exceeded, account, factor } = await countOwnTry(
    database,
    claims,
    { kind, credentialId: null },
    [...limits.by('factorGuess', by), ...limits.by('factorGuessDaily', by)],
    context,
  );
  if (exceeded) throw tooMany(exceeded);
  if (!account) throw new Problem('TOKEN_INVALID');
  const used =
    factor &&
    (await checkFactor(needs, { given, userId, factor, asked: { use: 'reauthenticate', of: sid }, now: context.now }));
  if (!used) {
    await recordMiss(database, { userId, email: account.email, kind }, context);
    throw new Problem('INVALID_CREDENTIALS');
  }
  const shown = { passwordEpoch: account.password_epoch, kind, factor: used, once: null };
  const subject = await noteFactor(database, claims, shown, context);
  if (!subject) throw new Problem('INVALID_CREDENTIALS');
  const occasion = { sessionId: sid, now: context.now, level: levelOf(subject), ...clientOf(claims) };
  return issueToken(sign, settings, subject, occasion);
}
