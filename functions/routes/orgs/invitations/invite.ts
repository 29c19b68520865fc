/** POST /v1/orgs/{org_id}/invitations: mails a link that works once. */
import * as z from 'zod/mini';
import { dataApi } from '../../../aws/data-api.ts';
import { hmacKeys } from '../../../aws/hmac-keys.ts';
import { InviteRequest } from '../../../contracts/http/organizations.ts';
import { emailKey } from '../../../domain/email-address.ts';
import { newId, type OrgId, type TokenId } from '../../../domain/ids.ts';
import { linkEnd } from '../../../domain/mailed-link.ts';
import { pseudonymizer } from '../../../domain/pseudonym.ts';
import { limitsAt, tooMany } from '../../../domain/rate-limit.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { existingRoles } from '../../../http/existing-roles.ts';
import { newEmailAddressOf } from '../../../http/new-email-address.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { settings } from '../../../runtime/settings.ts';
import { invite } from '../../../store/invitations.ts';

const database = dataApi();
const pseudonymKey = hmacKeys('pseudonym');

export const handler = bearerRoute(
  authenticate,
  {
    body: z.object({
      ...InviteRequest.shape,
      email: newEmailAddressOf(settings),
      roles: existingRoles(settings),
    }),
  },
  async ({ body, ...request }, caller) => {
    const { context } = request;
    const { email, roles } = body;
    const invitation = {
      tokenId: newId<TokenId>(),
      orgId: pathId<OrgId>(request, 'org_id'),
      email,
      roles,
      expiresAt: linkEnd('invitation', context.now, settings),
    };
    const limits = limitsAt(context.now, pseudonymizer((await pseudonymKey.keys())[0]), settings);
    const { verdict, exceeded } = await invite(
      database,
      caller,
      invitation,
      [
        ...limits.by('invitationPerUser', caller.sub),
        ...limits.by('invitationPerUserDaily', caller.sub),
        ...limits.by('invitationPerOrganization', invitation.orgId),
        ...limits.ofMail('invitation', emailKey(email)),
      ],
      context,
    );
    assertAllowed(verdict);
    if (exceeded) throw tooMany(exceeded);
    return {
      status: 202,
      body: { invitation_id: invitation.tokenId, expires_at: invitation.expiresAt.toISOString() },
    };
  },
);
