/** POST /v1/orgs/invitations/accept: by the bearer whose address was invited. */
import { AcceptInvitationRequest } from '../../../contracts/http/organizations.ts';
import { acceptInvitation } from '../../../flows/accept-invitation.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageOneTimeTokens, stagePseudonyms } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const needs = {
  settings: stageSettings(),
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
};
const takes = { body: AcceptInvitationRequest };

export const handler = bearerRoute(authenticate, takes, async ({ body, context }, claims) => {
  const { org_id, name, roles } = await acceptInvitation(needs, claims, body.token, context);
  return { status: 200, body: { org_id, name, roles } };
});
