/** What the page behind a link shows of it. Nothing is changed: programs that scan mail open every link. */

import { oneTimeTokens } from '../aws/one-time-tokens.ts';
import type { AccountPurpose } from '../domain/one-time-token.ts';
import type { Database } from '../store/database.ts';
import { findLink, type LinkState } from '../store/one-time-tokens.ts';

const tokens = oneTimeTokens();

/**
 * Only whoever holds the genuine link is told anything: for any other token, null, as if nobody had looked, and without
 * the database.
 * @returns the link and its account; `gone` where there is none any more
 */
export async function lookAtLink(
  database: Database,
  encoded: string,
  purpose: AccountPurpose,
  now: Date,
): Promise<LinkState | 'gone' | null> {
  const token = encoded === '' ? null : await tokens.read(encoded, purpose);
  return token && ((await findLink(database, token, now)) ?? 'gone');
}
