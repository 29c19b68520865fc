/** A second factor at the JSON door's `reauthenticate`: the session's next access token says so. */
import { type AccessClaims, clientOf, sessionOf, type TokenSettings } from '../domain/access-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Needing } from './needs.ts';
import type { GivenFactor } from './second-factors.ts';
import { type IssuedToken, issueToken } from './session-tokens.ts';
import { showFactorAgain } from './show-factor-again.ts';

export type StepUpNeeds = Parameters<typeof showFactorAgain>[0] & Needing<'admitSigning', TokenSettings>;

/** People type either into one field. */
export const methodOfCode = (code: string) => (/^\d{3} ?\d{3}$/.test(code) ? 'totp' : 'recovery');

/** @throws Problem those of {@link showFactorAgain} */
export async function reauthenticateByFactor(
  needs: StepUpNeeds,
  claims: AccessClaims,
  given: GivenFactor,
  context: RequestContext,
): Promise<IssuedToken> {
  const sign = needs.admitSigning();
  const subject = await showFactorAgain(needs, claims, given, context);
  const occasion = { sessionId: claims.sid, now: context.now, ...sessionOf(subject), ...clientOf(claims) };
  return issueToken(sign, needs.settings, subject, occasion);
}
