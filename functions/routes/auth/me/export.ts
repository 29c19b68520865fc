/** GET /v1/auth/me/export: everything that is held about the caller; the audit entries a page at a time. */
import { dataApi } from '../../../aws/data-api.ts';
import { ExportQuery } from '../../../contracts/http/administration.ts';
import { cutPage, pageOf } from '../../../domain/cursor.ts';
import { Problem } from '../../../domain/problem.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { readQuery } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { exportAccount, MOST_ENTRIES, type Section } from '../../../store/account-export.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, {}, async (request, caller) => {
  const { after } = pageOf(readQuery(request, ExportQuery));
  const rows = await exportAccount(database, caller, after, request.origin);
  const items = (section: Section) => rows.filter((row) => row.section === section).map(({ item }) => JSON.parse(item));
  const [profile] = items('profile');
  if (!profile) throw new Problem('TOKEN_INVALID');
  const { page, next_cursor } = cutPage(items('audit'), { after, limit: MOST_ENTRIES }, ({ entry_id }) => entry_id);
  return {
    status: 200,
    headers: { 'content-disposition': 'attachment; filename="account.json"' },
    body: {
      profile,
      memberships: items('memberships'),
      sessions: items('sessions'),
      invitations: items('invitations'),
      audit: page,
      next_cursor,
    },
  };
});
