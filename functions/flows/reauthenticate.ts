/** Giving the password again: opens for some minutes what a stolen token must not be enough for (S85). */
import { type AccessClaims, clientOf, sessionOf, type TokenSettings } from '../domain/access-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { reauthenticate as noteAuthentication } from '../store/reauthentication.ts';
import { type ConfirmNeeds, confirmPassword, passwordRefusal } from './confirm-password.ts';
import type { Needing } from './needs.ts';
import { type IssuedToken, issueToken } from './session-tokens.ts';

/** @throws Problem those of {@link confirmPassword} */
export async function reauthenticate(
  needs: ConfirmNeeds & Needing<'admitSigning', TokenSettings & DemandSettings>,
  claims: AccessClaims,
  password: string,
  context: RequestContext,
): Promise<IssuedToken> {
  const sign = needs.admitSigning();
  const confirmed = await confirmPassword(needs, claims, password, context);
  const subject = await noteAuthentication(needs.database, claims, confirmed, needs.settings, context);
  if (subject.user_id === null) throw passwordRefusal(subject.retry_after);
  // The refresh token stays, as other tabs hold it: what it gives from now on says the new time too.
  const occasion = {
    sessionId: claims.sid,
    now: context.now,
    ...sessionOf(subject),
    enrolsOnly: subject.is_below,
    ...clientOf(claims),
  };
  return issueToken(sign, needs.settings, subject, occasion);
}
