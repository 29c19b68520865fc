/** Counting in PostgreSQL, within the statements that are needed anyway: it holds over all functions (S9). */
import type { Database } from '../aws/data-api.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';

/**
 * CTEs `counted` and `refused`: count one more against each limit in the parameter, a JSON array of {@link Limit}.
 * `refused` has a row for each limit that is now exceeded: `retry_after` in seconds, and `first` when this is the
 * request that exceeded it. The windows are fixed; the estimate weighs in the one before, as a sliding window would.
 * @param cause a CTE with one row when the request counts, none when it does not; left out, it counts
 */
export const count = (parameter: string, cause?: string) => `
  given as (
    select l.*
    from jsonb_to_recordset(:${parameter}::jsonb) as l (
      name text, key text, max integer, window_seconds integer, window_start timestamptz, previous_start timestamptz,
      previous_share float8
    )${cause ? `, ${cause}` : ''}
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
      g.name,
      g.max,
      g.window_seconds,
      c.hits = g.max + 1 as first,
      extract(epoch from g.window_start + make_interval(secs => g.window_seconds) - :now::timestamptz)::integer
        as retry_after
    from given g
    join counted c on c.key = decode(g.key, 'hex')
    where
      -- A look-up for each: as a join, it is planned as a reading of the whole table.
      c.hits + floor(g.previous_share * coalesce((
        select p.hits
        from rate_limits p
        where p.key = c.key and p.window_start = g.previous_start
      ), 0)) > g.max
  )`;

/** The one of `refused` that holds longest, as JSON; null when there is none. Read by {@link readExceeded}. */
export const exceeded = `(
  select to_jsonb(refused) - 'first'
  from refused
  order by retry_after desc
  limit 1
)`;

export const readExceeded = (json: string | null | undefined): ExceededLimit | null => (json ? JSON.parse(json) : null);

/**
 * Counts a request where nothing else is to be read.
 * @returns the limit that it is over, or null when it is admitted
 */
export async function admit(database: Database, limits: readonly Limit[], now: Date): Promise<ExceededLimit | null> {
  if (limits.length === 0) return null;
  const [row] = await database.query<{ exceeded: string | null }>(
    `
    with ${count('limits')}
    select ${exceeded} as exceeded`,
    { limits, now },
  );
  return readExceeded(row?.exceeded);
}
