/** GET /v1/admin/users/{user_id}/audit, a page at a time, the newest first; also of an account that no longer exists. */

import { PageQuery } from '../../../contracts/http/fields.ts';
import { cutPage, pageOf } from '../../../domain/cursor.ts';
import type { UserId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { auditEntryOf, listAuditOf } from '../../../store/audit-trail.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();

export const handler = bearerRoute(authenticate, { query: PageQuery }, async (request, claims) => {
  const page = pageOf(request.query);
  const userId = pathId<UserId>(request, 'user_id');
  const { verdict, entries } = await listAuditOf(database, claims, userId, page, request.context);
  assertAllowed(verdict);
  const { page: shown, next_cursor } = cutPage(entries, page, ({ entry_id }) => entry_id);
  return { status: 200, body: { entries: shown.map(auditEntryOf), next_cursor } };
});
