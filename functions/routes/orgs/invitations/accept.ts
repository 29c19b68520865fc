/** POST /v1/orgs/invitations/accept: by the bearer whose address was invited. */
import { dataApi } from '../../../aws/data-api.ts';
import { AcceptInvitationRequest } from '../../../contracts/http/organizations.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { readLink } from '../../../links/read-link.ts';
import { acceptInvitation } from '../../../store/invitations.ts';

const database = dataApi();

export const handler = bearerRoute(
  authenticate,
  { body: AcceptInvitationRequest },
  async ({ body, origin }, caller) => {
    const token = await readLink(database, body.token, 'invitation', origin);
    const accepted = await acceptInvitation(database, caller, token, origin);
    assertAllowed(accepted.verdict);
    const { org_id, name, roles } = accepted;
    return { status: 200, body: { org_id, name, roles } };
  },
);
