/** Accepting an invitation, by whoever has the invited address. */
import { assertAllowed } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { type Accepted, acceptInvitation as redeem } from '../store/invitations.ts';
import type { Caller } from '../store/sessions.ts';
import type { Needing } from './needs.ts';
import { type LinkNeeds, readLink } from './read-link.ts';

/** @throws Problem INVITATION_TOKEN_INVALID, INVITATION_TOKEN_EXPIRED, FORBIDDEN, CONFLICT, RATE_LIMITED */
export async function acceptInvitation(
  needs: LinkNeeds & Needing<never, Pick<Settings, 'organizationsPerUser'>>,
  who: Caller,
  encoded: string,
  context: RequestContext,
): Promise<Omit<Accepted, 'verdict'>> {
  const token = await readLink(needs, encoded, 'invitation', context);
  const { verdict, ...membership } = await redeem(needs.database, who, token, needs.settings, context);
  assertAllowed(verdict);
  return membership;
}
