/** Where in the status lists sessions are, and which have ended (domain/status-list.ts). */
import { LIST_BYTES, LIST_SIZE, type StatusSettings } from '../domain/status-list.ts';
import type { Database } from './database.ts';

/** Bytes of a list in one row of the answer: with each of them written out, 57 KB of the 64 KB that a row may have. */
const PART = 8_192;

export interface EndedStatuses {
  /** Of all lists. */
  readonly newestIndex: number;
  /** The list's bits, the lowest of a byte first. */
  readonly bytes: Uint8Array;
}

/** @param since of sessions that ended before, no token is valid */
export async function findEndedStatuses(database: Database, list: number, since: Date): Promise<EndedStatuses> {
  const [head, ...parts] = await database.query<{ part: number | null; bytes: string | null; newest: number }>(
    `
    with ended as (
      select status_index
      from sessions
      where revoked_at >= :since::timestamptz
      union
      select status_index
      from deleted_statuses
      where deleted_at >= :since::timestamptz
    ),
    bytes as (
      select (status_index - :first::bigint) / 8 as place, bit_or(1 << (status_index % 8)::integer) as value
      from ended
      where status_index >= :first::bigint and status_index < :first::bigint + ${LIST_SIZE}
      group by 1
    )
    select null::integer as part, null as bytes, last_value as newest
    from session_status_indexes
    union all
    select (place / ${PART})::integer, string_agg(to_hex(place % ${PART} * 256 + value), ' '), null
    from bytes
    group by 1
    order by part nulls first`,
    { first: list * LIST_SIZE, since },
  );
  if (!head) throw new Error('a statement without a row');
  const found = new Uint8Array(LIST_BYTES);
  for (const { part, bytes } of parts) {
    for (const written of bytes?.split(' ') ?? []) {
      const placed = Number.parseInt(written, 16);
      found[(part ?? 0) * PART + (placed >> 8)] = placed & 0xff;
    }
  }
  return { newestIndex: head.newest, bytes: found };
}

/** Several for a statement, which it need not use: nobody else gets them. */
export async function reserveStatusIndexes(database: Database, most: number): Promise<number[]> {
  const rows = await database.query<{ status_index: number }>(
    `select nextval('session_status_indexes') as status_index from generate_series(1, :most::integer)`,
    { most },
  );
  return rows.map(({ status_index }) => status_index);
}

/** The index of a session whose statement makes it; null where the stage has no lists. Needs {@link statusParameters}. */
export const newStatusIndex = `case when :has_status_lists then nextval('session_status_indexes') end`;

export type StatusListSetting = Pick<StatusSettings, 'statusListSeconds'>;

export const statusParameters = ({ statusListSeconds }: StatusListSetting) => ({
  has_status_lists: statusListSeconds > 0,
});
