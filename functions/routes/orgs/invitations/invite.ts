/** POST /v1/orgs/{org_id}/invitations */
import * as z from 'zod/mini';
import { newEmailAddressOf } from '../../../contracts/http/fields.ts';
import { InviteRequest } from '../../../contracts/http/organizations.ts';
import type { OrgId } from '../../../domain/ids.ts';
import { invite } from '../../../flows/invite.ts';
import { existingRoles } from '../../../http/existing-roles.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stagePseudonyms } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const settings = stageSettings();
const needs = { settings, database: stageDatabase(), pseudonyms: stagePseudonyms() };
const takes = {
  body: z.object({ ...InviteRequest.shape, email: newEmailAddressOf(settings), roles: existingRoles(settings) }),
};

export const handler = bearerRoute(authenticate, takes, async ({ body, ...request }, claims) => {
  const invitation = { orgId: pathId<OrgId>(request, 'org_id'), ...body };
  const { tokenId, expiresAt } = await invite(needs, claims, invitation, request.context);
  return { status: 202, body: { invitation_id: tokenId, expires_at: expiresAt.toISOString() } };
});
