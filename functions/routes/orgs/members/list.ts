/** GET /v1/orgs/{org_id}/members, a page at a time. */

import { PageQuery } from '../../../contracts/http/fields.ts';
import { cutPage, pageOf } from '../../../domain/cursor.ts';
import type { OrgId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { listMembers } from '../../../store/memberships.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, { query: PageQuery }, async (request, claims) => {
  const page = pageOf(request.query);
  const { verdict, members } = await listMembers(
    database,
    claims,
    pathId<OrgId>(request, 'org_id'),
    page,
    request.context,
  );
  assertAllowed(verdict);
  const { page: shown, next_cursor } = cutPage(members, page, ({ user_id }) => user_id);
  return { status: 200, body: { members: shown, next_cursor } };
});
