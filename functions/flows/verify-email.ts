/** Redeeming a verification link, or disowning the account that it is of. */
import type { RequestContext } from '../domain/request-context.ts';
import { type Disowned, disownAccount } from '../store/unproved-accounts.ts';
import { redeemVerification } from '../store/verification.ts';
import { confirmRegistrant, type Registrant, type RegistrantNeeds } from './confirm-registrant.ts';
import { deadLink, type LinkNeeds, readGenuine, readLink } from './read-link.ts';

/**
 * "That was me": the address is its owner's, and so is the account.
 * @returns `before` where it was proved already: what the link asked for is so
 * @throws Problem VERIFICATION_TOKEN_INVALID, VERIFICATION_TOKEN_EXPIRED, RATE_LIMITED; those of {@link confirmRegistrant}
 */
export async function verifyEmail(
  needs: RegistrantNeeds & LinkNeeds,
  encoded: string,
  registrant: Registrant,
  context: RequestContext,
): Promise<'verified' | 'before'> {
  const token = await readLink(needs, encoded, 'verify_email', context);
  await confirmRegistrant(needs, token.userId, registrant, context);
  const outcome = await redeemVerification(needs.database, token, context);
  if (outcome === 'dead') throw deadLink('verify_email');
  return outcome;
}

/**
 * "That was not me": the account that somebody registered with the mailbox's address is deleted.
 * @throws Problem VERIFICATION_TOKEN_INVALID, RATE_LIMITED for what is no genuine link
 */
export async function disown(needs: LinkNeeds, encoded: string, context: RequestContext): Promise<Disowned> {
  const token = await readGenuine(needs, encoded, 'verify_email', context);
  return disownAccount(needs.database, token, context);
}
