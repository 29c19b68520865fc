/** Inviting an address to an organisation: mails a link that works once. */
import type { AccessClaims } from '../domain/access-token.ts';
import { emailKey } from '../domain/email-address.ts';
import { newId, type OrgId, type TokenId } from '../domain/ids.ts';
import { type LinkLifetimes, linkEnd } from '../domain/mailed-link.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import { assertAllowed } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { type NewInvitation, invite as storeInvitation } from '../store/invitations.ts';
import type { Needing } from './needs.ts';

/** @throws Problem what the caller may not, CONFLICT for a member's address, RATE_LIMITED */
export async function invite(
  { database, pseudonyms, settings }: Needing<'database' | 'pseudonyms', LimitSettings & LinkLifetimes>,
  claims: AccessClaims,
  { orgId, email, roles }: { readonly orgId: OrgId; readonly email: string; readonly roles: readonly string[] },
  context: RequestContext,
): Promise<NewInvitation> {
  const tokenId = newId<TokenId>();
  const invitation = { tokenId, orgId, email, roles, expiresAt: linkEnd('invitation', context.now, settings) };
  const limits = limitsAt(context.now, await pseudonyms(), settings);
  const { verdict, exceeded } = await storeInvitation(
    database,
    claims,
    invitation,
    [
      ...limits.by('invitationPerUser', claims.sub),
      ...limits.by('invitationPerUserDaily', claims.sub),
      ...limits.by('invitationPerOrganization', orgId),
      ...limits.ofMail('invitation', emailKey(email)),
    ],
    context,
  );
  assertAllowed(verdict);
  if (exceeded) throw tooMany(exceeded);
  return invitation;
}
