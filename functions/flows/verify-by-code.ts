/** Verifying an address by the mailed code, typed where one has registered. */
import { dataApi } from '../aws/data-api.ts';
import { hmacKeys } from '../aws/hmac-keys.ts';
import type { UserId } from '../domain/ids.ts';
import { limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { isVerificationCode } from '../domain/verification-code.ts';
import { settings } from '../runtime/settings.ts';
import { guessCode, redeemVerification } from '../store/verification.ts';
import { confirmRegistrant, type Registrant } from './confirm-registrant.ts';
import { deadLink, guessed, pseudonyms } from './read-link.ts';

const database = dataApi();
/** A new version of it makes codes only when every function knows it, so none is fetched for a code that does not fit. */
const codeKey = hmacKeys('verification-code');

/**
 * Counted before it is compared, so that no number of tries at once is more than the limit (S83). An id that no account
 * has, as registering a known address answers, is counted and refused as a wrong code is.
 * @param digits six, with a space in the middle or none
 * @throws Problem VERIFICATION_TOKEN_INVALID, RATE_LIMITED; those of {@link confirmRegistrant}
 */
export async function verifyByCode(
  { userId, digits }: { readonly userId: UserId; readonly digits: string },
  registrant: Registrant,
  context: RequestContext,
): Promise<void> {
  const limits = limitsAt(context.now, await pseudonyms(), settings);
  const { exceeded, link } = await guessCode(
    database,
    userId,
    [...limits.by('codePerAccount', userId), ...limits.by('codePerAccountDaily', userId)],
    context,
  );
  if (exceeded) throw tooMany(exceeded);
  const isRight = link !== null && isVerificationCode(digits.replace(' ', ''), link, await codeKey.keys());
  if (!isRight) throw await guessed(database, 'verify_email', context);
  await confirmRegistrant(database, userId, registrant, context);
  const outcome = await redeemVerification(database, link, context);
  if (outcome !== 'verified') throw deadLink('verify_email');
}
