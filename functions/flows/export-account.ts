/** Everything that is held about whoever is signed in and authenticated within minutes, a page at a time. */
import { listsCursor, listsPageOf } from '../domain/cursor.ts';
import { Problem } from '../domain/problem.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { stepUp } from '../domain/step-up.ts';
import {
  type ExportedList,
  type ExportedRow,
  exportedLists,
  MOST_ITEMS,
  exportAccount as readAccount,
} from '../store/account-export.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import type { Caller } from '../store/sessions.ts';
import type { Needing } from './needs.ts';

/**
 * @param cursor of the page before; one that comes too late is good again after that was done again
 * @throws Problem TOKEN_INVALID when the session is over; those of {@link stepUp}
 */
export async function exportAccount(
  { database, settings }: Needing<'database', RecencySettings>,
  claims: Caller,
  cursor: string | undefined,
  context: RequestContext,
) {
  const [first, ...items] = await readAccount(database, claims, listsPageOf(cursor), settings, context);
  if (!first) throw new Problem('TOKEN_INVALID');
  if (first.list === 'stale') {
    throw stepUp(claims, { acr: JSON.parse(first.item), maxAge: settings.reauthenticationSeconds });
  }
  const page = items.slice(0, MOST_ITEMS);
  const listed = (name: ExportedList) => page.filter(({ list }) => list === name).map(({ item }) => JSON.parse(item));
  return {
    profile: JSON.parse(first.item),
    memberships: listed('memberships'),
    sessions: listed('sessions'),
    invitations: listed('invitations'),
    audit: listed('audit'),
    consents: listed('consents'),
    mails: listed('mails'),
    factors: listed('factors'),
    email_changes: listed('email_changes'),
    next_cursor: items.length > page.length ? cursorAfter(page.at(-1)) : null,
  };
}

const cursorAfter = (last: ExportedRow | undefined) =>
  last && last.list !== 'stale' ? listsCursor(exportedLists.indexOf(last.list), last.id) : null;
