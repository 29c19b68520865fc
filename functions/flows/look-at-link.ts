/** What the page behind a link shows of it. Nothing is changed: programs that scan mail open every link. */

import type { AccountPurpose } from '../domain/one-time-token.ts';
import { findLink, type LinkState } from '../store/one-time-tokens.ts';
import type { Needs } from './needs.ts';

/**
 * Only the holder of the genuine link learns anything: any other token gives null, without a look into the database.
 * @returns the link and its account; `gone` where there is none any more
 */
export async function lookAtLink(
  { database, oneTimeTokens }: Pick<Needs, 'database' | 'oneTimeTokens'>,
  encoded: string,
  purpose: AccountPurpose,
  now: Date,
): Promise<LinkState | 'gone' | null> {
  const token = encoded === '' ? null : await oneTimeTokens.read(encoded, purpose);
  return token && ((await findLink(database, token, now)) ?? 'gone');
}
