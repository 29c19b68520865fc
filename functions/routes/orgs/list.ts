/** GET /v1/orgs: the caller's organisations. */
import { dataApi } from '../../aws/data-api.ts';
import { Problem } from '../../domain/problem.ts';
import { authenticate } from '../../http/authenticate.ts';
import { bearerRoute } from '../../http/route.ts';
import { listOrganizations } from '../../store/organizations.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, {}, async ({ context }, caller) => {
  const orgs = await listOrganizations(database, caller, context);
  if (!orgs) throw new Problem('TOKEN_INVALID');
  return { status: 200, body: { orgs } };
});
