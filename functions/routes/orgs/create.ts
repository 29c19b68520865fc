/** POST /v1/orgs: the caller is its owner. */
import { dataApi } from '../../aws/data-api.ts';
import { CreateOrganizationRequest } from '../../contracts/http/organizations.ts';
import { newId, type OrgId } from '../../domain/ids.ts';
import { assertAllowed } from '../../domain/refusal.ts';
import { authenticate } from '../../http/authenticate.ts';
import { bearerRoute } from '../../http/route.ts';
import { settings } from '../../runtime/settings.ts';
import { createOrganization } from '../../store/organizations.ts';

const database = dataApi();

export const handler = bearerRoute(
  authenticate,
  { body: CreateOrganizationRequest },
  async ({ body, context }, caller) => {
    const organization = { orgId: newId<OrgId>(), name: body.name };
    assertAllowed(await createOrganization(database, caller, organization, settings, context));
    return { status: 201, body: { org_id: organization.orgId, name: organization.name, roles: ['owner'] } };
  },
);
