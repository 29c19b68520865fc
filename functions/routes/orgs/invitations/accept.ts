/** POST /v1/orgs/invitations/accept: by the bearer whose address was invited. */
import { dataApi } from '../../../aws/data-api.ts';
import { AcceptInvitationRequest } from '../../../contracts/http/organizations.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { readLink } from '../../../flows/read-link.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { settings } from '../../../runtime/settings.ts';
import { acceptInvitation } from '../../../store/invitations.ts';

const database = dataApi();

export const handler = bearerRoute(
  authenticate,
  { body: AcceptInvitationRequest },
  async ({ body, context }, caller) => {
    const token = await readLink(database, body.token, 'invitation', context);
    const accepted = await acceptInvitation(database, caller, token, settings, context);
    assertAllowed(accepted.verdict);
    const { org_id, name, roles } = accepted;
    return { status: 200, body: { org_id, name, roles } };
  },
);
