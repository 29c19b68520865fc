/** Cursors: where a page ended, as callers hand it back. They are opaque, so that their content may change. */
import type { PageQuery } from '../contracts/http/fields.ts';

/** What a statement needs for a page: the id it begins after (hexadecimal), and how many to read. */
export interface Page {
  readonly after: string | null;
  readonly limit: number;
}

const USUAL_LIMIT = 50;

export const pageOf = ({ cursor, limit }: PageQuery): Page => ({
  after: cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString('hex'),
  limit: limit === undefined ? USUAL_LIMIT : Number(limit),
});

/** @param rows one more than the page holds, if there are more */
export function cutPage<Row>(rows: readonly Row[], { limit }: Page, id: (row: Row) => string) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { page, next_cursor: more ? Buffer.from(id(last).replaceAll('-', ''), 'hex').toString('base64url') : null };
}

/** Where a page that goes through several lists ended: in which of them, and the id there (hexadecimal). */
export interface ListsPage {
  readonly list: number;
  readonly after: string | null;
}

export function listsPageOf(cursor: string | undefined): ListsPage {
  if (cursor === undefined) return { list: 0, after: null };
  const bytes = Buffer.from(cursor, 'base64url');
  return { list: bytes[0] ?? 0, after: bytes.subarray(1).toString('hex') };
}

export const listsCursor = (list: number, id: string): string =>
  Buffer.concat([Buffer.from([list]), Buffer.from(id.replaceAll('-', ''), 'hex')]).toString('base64url');
