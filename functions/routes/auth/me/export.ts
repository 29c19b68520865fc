/**
 * GET /v1/auth/me/export: everything that is held about the caller, a page at a time, who gave the password within
 * minutes. A page that comes too late is asked for again after POST /v1/auth/reauthenticate, by the same cursor.
 */
import { dataApi } from '../../../aws/data-api.ts';
import { ExportQuery } from '../../../contracts/http/administration.ts';
import { listsCursor, listsPageOf } from '../../../domain/cursor.ts';
import { Problem } from '../../../domain/problem.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { settings } from '../../../runtime/settings.ts';
import {
  type ExportedList,
  type ExportedRow,
  exportAccount,
  exportedLists,
  MOST_ITEMS,
} from '../../../store/account-export.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, { query: ExportQuery }, async (request, caller) => {
  const { cursor } = request.query;
  const [first, ...items] = await exportAccount(database, caller, listsPageOf(cursor), request.context);
  if (!first) throw new Problem('TOKEN_INVALID');
  if (first.list === 'stale') {
    throw new Problem('REAUTHENTICATION_REQUIRED', { extension: { max_age: settings.reauthenticationSeconds } });
  }
  const page = items.slice(0, MOST_ITEMS);
  const listed = (name: ExportedList) => page.filter(({ list }) => list === name).map(({ item }) => JSON.parse(item));
  return {
    status: 200,
    headers: { 'content-disposition': 'attachment; filename="account.json"' },
    body: {
      profile: JSON.parse(first.item),
      memberships: listed('memberships'),
      sessions: listed('sessions'),
      invitations: listed('invitations'),
      audit: listed('audit'),
      next_cursor: items.length > page.length ? cursorAfter(page.at(-1)) : null,
    },
  };
});

const cursorAfter = (last: ExportedRow | undefined) =>
  last && last.list !== 'stale' ? listsCursor(exportedLists.indexOf(last.list), last.id) : null;
