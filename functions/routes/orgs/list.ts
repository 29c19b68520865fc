/** GET /v1/orgs: the caller's organisations. */

import { Problem } from '../../domain/problem.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { listOrganizations } from '../../store/organizations.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, {}, async ({ context }, claims) => {
  const orgs = await listOrganizations(database, claims, context);
  if (!orgs) throw new Problem('TOKEN_INVALID');
  return { status: 200, body: { orgs } };
});
