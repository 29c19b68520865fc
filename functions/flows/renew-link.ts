/** A new link for one that is over, to whoever the old one was mailed to. */

import type { AccountPurpose } from '../domain/one-time-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { findLink } from '../store/one-time-tokens.ts';
import { deadLink, type LinkNeeds, readGenuine } from './read-link.ts';
import { type RequestLinkNeeds, requestLinkByMail } from './request-link.ts';

/**
 * The old one has to be genuine, so that it is no way to have mails sent to strangers.
 * @throws Problem …_TOKEN_INVALID, RATE_LIMITED
 */
export async function renewLink(
  needs: LinkNeeds & RequestLinkNeeds,
  encoded: string,
  purpose: AccountPurpose,
  context: RequestContext,
): Promise<void> {
  const token = await readGenuine(needs, encoded, purpose, context);
  const link = await findLink(needs.database, token, context.now);
  if (!link) throw deadLink(purpose);
  await requestLinkByMail(needs, purpose, link.email, context);
}
