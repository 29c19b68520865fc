/** Counting in PostgreSQL, within the statements that are needed anyway: it holds over all functions (S9). */

import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';

/** Later than what the row knows, also by a function whose clock is behind: its times only rise. */
const clock = 'greatest(excluded.admitted[1], r.admitted[cardinality(r.admitted)])';

/** The newest time stands for fewer than it may; always false of a limit whose times stand for one each. */
const joins = '(r.hits < excluded.slot)';

/** Counted before, by this statement's earlier try, whose answer was lost. */
const isCounted = '(excluded.admitted[1] = any (r.admitted))';

/** As many as the limit came within the window that ends now. */
const isFull = `(
  not ${joins}
  and coalesce(r.admitted[cardinality(r.admitted) - excluded.most + 1] > ${clock} - excluded.span, false)
)`;

/**
 * CTEs `counted` and `refused`: count one more against each limit in the parameter, a JSON array of {@link Limit}.
 * `refused` has a row for each limit that is exceeded: `retry_after` in seconds, and `first` for the first refusal in a
 * window. What is refused is not counted, so a flood keeps nobody out longer than the limit says. A row holds the times
 * of as many as the limit, and so no window has more, wherever it begins; who waits for the row's lock is decided by
 * the row as it then is (ON CONFLICT). A request that is sent again is not counted again, unless its time is no longer
 * among those that the row holds.
 * @param cause a CTE with one row when the request counts, none when it does not; left out, it counts
 * @param counts a condition on a limit `l`, where not all of them count
 */
export const count = (parameter: string, cause?: string, counts = 'true') => `
  given as (
    select l.*
    from jsonb_to_recordset(:${parameter}::jsonb) as l (
      name text, at timestamptz, key text, max integer, window_seconds integer, slot integer, expires_at timestamptz
    )${cause ? `, ${cause}` : ''}
    where ${counts}
  ),
  counted as (
    insert into rate_limits as r (key, hits, admitted, most, slot, span, expires_at)
    select
      decode(key, 'hex'), 1, array[at], max / slot, slot, make_interval(secs => window_seconds),
      expires_at
    from given
    -- One order for all who count, so that none waits for another in a circle.
    order by key
    on conflict (key, window_start) do update set
      admitted = case
        when ${isCounted} or ${isFull} then r.admitted
        when ${joins} then trim_array(r.admitted, 1) || ${clock}
        else (r.admitted || ${clock})[cardinality(r.admitted) + 2 - excluded.most:]
      end,
      hits = case when ${isCounted} or ${isFull} then r.hits when ${joins} then r.hits + 1 else 1 end,
      refused_at = case
        when not ${isCounted} and ${isFull} and (r.refused_at > ${clock} - excluded.span) is not true then ${clock}
        else r.refused_at
      end,
      most = excluded.most,
      slot = excluded.slot,
      span = excluded.span,
      expires_at = greatest(r.expires_at, excluded.expires_at)
    returning
      new.key,
      coalesce(old.admitted, '{}') as before,
      new.admitted = old.admitted and new.hits = old.hits as refused,
      new.refused_at is distinct from old.refused_at as first,
      new.admitted[cardinality(new.admitted) - new.most + 1] + new.span as open_at
  ),
  refused as (
    select
      g.name,
      g.max,
      g.window_seconds,
      c.first,
      -- The microseconds only tell requests apart.
      greatest(
        1, ceil(extract(epoch from date_trunc('milliseconds', c.open_at) - :now::timestamptz))
      )::integer as retry_after
    from given g
    join counted c on c.key = decode(g.key, 'hex')
    where c.refused and not g.at = any (c.before)
  )`;

/** Whether `count` has found that an earlier try of the statement was counted. */
export const isCountedBefore = `exists (
  select
  from given g
  join counted c on c.key = decode(g.key, 'hex')
  where g.at = any (c.before)
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
 * The CTE `recorded_refusals`: an audit entry for the first refusal in each window, with the limit's name (S9). Needs
 * the parameters of {@link refusalParameters}.
 * @param user whose account was concerned: an expression, null where there need be none
 */
export const recordRefusals = (user = 'null') => `
  recorded_refusals as (${recordEach(
    'rate_limit.exceeded',
    { user: `(${user})::uuid`, detail: { limit: 'name' } },
    'refused',
  )}
    where first
  )`;

/** Of a request, or of an event that was consumed. */
interface Cause {
  readonly correlationId: string;
  readonly ipAddress: string | null;
  readonly now: Date;
}

export const refusalParameters = ({ correlationId, ipAddress, now }: Cause) => ({
  correlation_id: correlationId,
  ip_address: ipAddress,
  now,
});

/**
 * Counts a request where nothing else is to be read.
 * @returns the limit that it is over, or null when it is admitted
 */
export async function admit(database: Database, limits: readonly Limit[], cause: Cause): Promise<ExceededLimit | null> {
  if (limits.length === 0) return null;
  const [row] = await database.query<{ exceeded: string | null }>(
    `
    with ${count('limits')}, ${recordRefusals()}
    select ${exceeded} as exceeded`,
    { limits, ...refusalParameters(cause) },
  );
  return readExceeded(row?.exceeded);
}
