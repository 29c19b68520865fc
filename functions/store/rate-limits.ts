/** Counting in PostgreSQL, within the statements that are needed anyway: it holds over all functions (S9). */

import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';

/** A limit as it is asked for, in SQL: one row of `given`, or what an insert proposes. */
interface Asked {
  readonly at: string;
  readonly most: string;
  readonly slot: string;
  readonly span: string;
}
const given: Asked = { at: 'g.at', most: 'g.most', slot: 'g.slot', span: 'g.span' };
const excluded: Asked = {
  at: 'excluded.admitted[1]',
  most: 'excluded.most',
  slot: 'excluded.slot',
  span: 'excluded.span',
};

/** Later than what the row knows, also by a function whose clock is behind: its times only rise. */
const clock = ({ at }: Asked) => `greatest(${at}, r.admitted[cardinality(r.admitted)])`;

/** The newest time stands for fewer than it may; always false of a limit whose times stand for one each. */
const joins = ({ slot }: Asked) => `(r.hits < ${slot})`;

/** Counted before, by this statement's earlier try, whose answer was lost. */
const isCounted = ({ at }: Asked) => `(${at} = any (r.admitted))`;

/** As many as the limit came within the window that ends now, and this one is not among them. */
const isFull = (asked: Asked) => `(
  not ${isCounted(asked)}
  and not ${joins(asked)}
  and coalesce(r.admitted[cardinality(r.admitted) - ${asked.most} + 1] > ${clock(asked)} - ${asked.span}, false)
)`;

/** No refusal of this window was noted yet. */
const isFirst = (asked: Asked) => `((r.refused_at > ${clock(asked)} - ${asked.span}) is not true)`;

const join = `
    from given g
    join rate_limits r on r.key = g.key and r.window_start = '-infinity'`;
const seen = `
    g.*,
    ${isFirst(given)} as first,
    r.admitted[cardinality(r.admitted) - g.most + 1] + g.span as open_at`;

/**
 * CTEs `given`, `counted` and `refused`: count one more against each limit in the parameter, a JSON array of
 * {@link Limit}, unless one of them is exceeded: then it counts for none, so a flood keeps nobody out longer than the limit
 * says, and what one limit refuses uses up no other. `refused` has a row for each limit that is exceeded: `retry_after`
 * in seconds, and `first` for the first refusal in a window. A row holds the times of as many as the limit, and so no
 * window has more, wherever it begins. A request that is sent again is not counted again, unless its time is no longer
 * among those that the row holds.
 *
 * A limit that was full before the statement began is full, so a flood is refused by reading alone (`closed`): it
 * writes, and waits for a lock, once a window. Otherwise the rows are locked (`held`), and decide as they then are; rows
 * that others make meanwhile decide for themselves (ON CONFLICT).
 * @param cause a CTE with one row when the request counts, none when it does not; left out, it counts
 * @param counts a condition on a limit `l`, where not all of them count
 */
export const count = (parameter: string, cause?: string, counts = 'true') => `
  given as (
    select
      l.name,
      l.at,
      decode(l.key, 'hex') as key,
      l.max,
      l.window_seconds,
      l.max / l.slot as most,
      l.slot,
      make_interval(secs => l.window_seconds) as span,
      l.expires_at
    from jsonb_to_recordset(:${parameter}::jsonb) as l (
      name text, at timestamptz, key text, max integer, window_seconds integer, slot integer, expires_at timestamptz
    )${cause ? `, ${cause}` : ''}
    where ${counts}
  ),
  closed as (
    select ${seen} ${join}
    where ${isFull(given)}
  ),
  held as (
    select ${seen}, ${isFull(given)} as is_full ${join}
    where not exists (select from closed) and (select count(*) > 1 from given)
    -- One order for all who count, so that none waits for another in a circle.
    order by r.key
    for update of r
  ),
  over as (
    select key, name, max, window_seconds, first, open_at from closed
    union all
    select key, name, max, window_seconds, first, open_at from held where is_full
  ),
  counted as (
    insert into rate_limits as r (key, hits, admitted, most, slot, span, expires_at)
    select key, 1, array[at], most, slot, span, expires_at
    from given
    where not exists (select from over) or key in (select key from over where first)
    order by key
    on conflict (key, window_start) do update set
      admitted = case
        when ${isCounted(excluded)} or ${isFull(excluded)} then r.admitted
        when ${joins(excluded)} then trim_array(r.admitted, 1) || ${clock(excluded)}
        else (r.admitted || ${clock(excluded)})[cardinality(r.admitted) + 2 - excluded.most:]
      end,
      hits = case
        when ${isCounted(excluded)} or ${isFull(excluded)} then r.hits
        when ${joins(excluded)} then r.hits + 1
        else 1
      end,
      refused_at = case
        when ${isFull(excluded)} and ${isFirst(excluded)} then ${clock(excluded)}
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
  refusals as (
    select name, max, window_seconds, first, open_at
    from over
    where not first
    union all
    select g.name, g.max, g.window_seconds, c.first, c.open_at
    from given g
    join counted c using (key)
    where c.refused and not g.at = any (c.before)
  ),
  refused as (
    select
      name,
      max,
      window_seconds,
      first,
      -- The microseconds only tell requests apart.
      greatest(
        1, ceil(extract(epoch from date_trunc('milliseconds', open_at) - :now::timestamptz))
      )::integer as retry_after
    from refusals
  )`;

/** Whether `count` has found that an earlier try of the statement was counted. */
export const isCountedBefore = `exists (
  select
  from given g
  join counted c using (key)
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
