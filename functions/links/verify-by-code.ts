/** Verifying an address by the mailed code, typed where one has registered. */
import { dataApi } from '../aws/data-api.ts';
import { keyring } from '../aws/keyring.ts';
import type { UserId } from '../domain/ids.ts';
import type { Origin } from '../domain/origin.ts';
import { limit, limits, tooMany } from '../domain/rate-limit.ts';
import { isVerificationCode } from '../domain/verification-code.ts';
import { guessCode, redeemVerification } from '../store/verification.ts';
import { deadLink, guessed, pseudonyms } from './read-link.ts';
import { confirmRegistrant, type Registrant } from './registrant.ts';

const database = dataApi();
/** A new version of it makes codes only when every function knows it, so none is fetched for a code that does not fit. */
const codeKey = keyring('verification-code');

/**
 * Counted before it is compared, so that no number of tries at once is more than the limit (S83). An id that no account
 * has, as registering a known address answers, is counted and refused as a wrong code is.
 * @param digits six, with a space in the middle or none
 * @throws Problem VERIFICATION_TOKEN_INVALID, RATE_LIMITED; those of {@link confirmRegistrant}
 */
export async function verifyByCode(
  { userId, digits }: { readonly userId: UserId; readonly digits: string },
  registrant: Registrant,
  origin: Origin,
): Promise<void> {
  const pseudonymize = await pseudonyms();
  const { exceeded, link } = await guessCode(
    database,
    userId,
    limits(
      limit('codePerAccount', userId, pseudonymize, origin.now),
      limit('codePerAccountDaily', userId, pseudonymize, origin.now),
    ),
    origin,
  );
  if (exceeded) throw tooMany(exceeded);
  const isRight = link !== null && isVerificationCode(digits.replace(' ', ''), link, await codeKey.keys());
  if (!isRight) throw await guessed(database, 'verify_email', origin);
  await confirmRegistrant(database, userId, registrant, origin);
  const outcome = await redeemVerification(database, link, origin);
  if (outcome !== 'verified') throw deadLink('verify_email');
}
