/** Counting in PostgreSQL, within the statements that are needed anyway: it holds over all functions (S9). */
import type { Database } from '../aws/data-api.ts';
import type { Limit } from '../domain/rate-limit.ts';

/**
 * CTEs `counted` and `refused`: count one more against each limit in the parameter, a JSON array of {@link Limit}.
 * `refused` has a row for each limit that is now exceeded: `retry_after` in seconds, and `first` when this is the
 * request that exceeded it. The windows are fixed; the estimate weighs in the one before, as a sliding window would.
 */
export const count = (parameter: string) => `
  given as (
    select *
    from jsonb_to_recordset(:${parameter}::jsonb) as l (
      key text, max integer, window_seconds integer, window_start timestamptz, previous_start timestamptz,
      previous_share float8
    )
  ),
  counted as (
    insert into rate_limits as r (key, window_start, hits, expires_at)
    select decode(key, 'hex'), window_start, 1, window_start + make_interval(secs => 2 * window_seconds)
    from given
    -- One order for all who count, so that none waits for another in a circle.
    order by key
    on conflict (key, window_start) do update set hits = r.hits + 1
    returning r.key, r.hits
  ),
  refused as (
    select
      c.hits = g.max + 1 as first,
      extract(epoch from g.window_start + make_interval(secs => g.window_seconds) - :now::timestamptz)::integer
        as retry_after
    from given g
    join counted c on c.key = decode(g.key, 'hex')
    left join rate_limits p on p.key = c.key and p.window_start = g.previous_start
    where c.hits + floor(coalesce(p.hits, 0) * g.previous_share) > g.max
  )`;

/**
 * Counts a request where nothing else is to be read.
 * @returns seconds to wait, or null when the request is admitted
 */
export async function admit(database: Database, limits: readonly Limit[], now: Date): Promise<number | null> {
  if (limits.length === 0) return null;
  const [row] = await database.query<{ retry_after: number | null }>(
    `
    with ${count('limits')}
    select max(retry_after) as retry_after from refused`,
    { limits, now },
  );
  return row?.retry_after ?? null;
}
