/** Verifying an address by the mailed code, typed where one has registered. */
import type { UserId } from '../domain/ids.ts';
import { limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { isVerificationCode } from '../domain/verification-code.ts';
import { guessCode, redeemVerification } from '../store/verification.ts';
import { confirmRegistrant, type Registrant, type RegistrantNeeds } from './confirm-registrant.ts';
import type { Needing } from './needs.ts';
import { deadLink, refuseGuess } from './read-link.ts';

export type VerifyByCodeNeeds = RegistrantNeeds & Needing<'codeKey'>;

/**
 * Counted before it is compared, so that no number of tries at once is more than the limit (S83). An id that no account
 * has, as registering a known address answers, is counted and refused as a wrong code is.
 * @param digits six, with a space in the middle or none
 * @throws Problem VERIFICATION_TOKEN_INVALID, RATE_LIMITED; those of {@link confirmRegistrant}
 */
export async function verifyByCode(
  needs: VerifyByCodeNeeds,
  { userId, digits }: { readonly userId: UserId; readonly digits: string },
  registrant: Registrant,
  context: RequestContext,
): Promise<void> {
  const { database, codeKey, settings } = needs;
  const limits = limitsAt(context.now, await needs.pseudonyms(), settings);
  const { exceeded, link } = await guessCode(
    database,
    userId,
    [...limits.by('codePerAccount', userId), ...limits.by('codePerAccountDaily', userId)],
    context,
  );
  if (exceeded) throw tooMany(exceeded);
  // A new version of the key makes codes only when every function knows it, so none is fetched for a code that does not fit.
  const isRight = link !== null && isVerificationCode(digits.replace(' ', ''), link, await codeKey.keys());
  if (!isRight) throw await refuseGuess(needs, 'verify_email', context);
  await confirmRegistrant(needs, userId, registrant, context);
  const outcome = await redeemVerification(database, link, context);
  if (outcome !== 'verified') throw deadLink('verify_email');
}
