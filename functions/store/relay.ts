/** The relay's two statements: claim what is due, mark what became of it. */

import type { OutboxEvent } from '../contracts/events/envelope.ts';
import { type LeaseId, newId } from '../domain/ids.ts';
import type { Database } from './database.ts';

export interface Claim {
  readonly leaseId: LeaseId;
  readonly events: readonly ClaimedEvent[];
  /** Events found too large to be read, now dead letters. */
  readonly oversize: number;
  /** Age of the oldest event that is neither published nor dead, seconds; 0 without one. */
  readonly lag: number;
}

export interface ClaimedEvent extends OutboxEvent {
  /** Sendings that failed. */
  readonly attempts: number;
}

export interface ClaimBounds {
  readonly batchSize: number;
  readonly leaseSeconds: number;
}

/**
 * The Data API answers at most 64 KiB a row and 1 MiB a result. What is left of each is for the other columns and
 * for the escaping of the JSON inside JSON.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html
 */
const MOST_EVENT_BYTES = 56 * 1024;
const MOST_CLAIM_BYTES = 640 * 1024;
/** The columns beside `data`, at most. */
const ROW_BYTES = 512;

type Row = { readonly lag: number | null; readonly oversize: number } & (
  | { readonly event_id: null }
  | (Omit<ClaimedEvent, 'data'> & { readonly data: string })
);

/**
 * Leases the events that have been due longest, and that no living relay has. Relays at work at once share them out:
 * a row that another is claiming is passed over.
 */
export async function claimEvents(database: Database, bounds: ClaimBounds, now: Date): Promise<Claim> {
  const leaseId = newId<LeaseId>();
  const rows = await database.query<Row>(
    `
    with due as (
      -- A function, so that it is read by its index (migrations/0018): locked, and passed over where another has it.
      select event_id, available_at, bytes
      from due_events(:now::timestamptz, :lease_id::uuid, :batch_size::integer)
    ),
    measured as (
      select
        event_id,
        bytes > :most_event_bytes as oversize,
        sum(:row_bytes + case when bytes > :most_event_bytes then 0 else bytes end)
          over (order by available_at, event_id) as total
      from due
    ),
    claimed as (
      update event_outbox o
      set
        dead = m.oversize,
        last_error = case when m.oversize then 'Oversize' else o.last_error end,
        lease_id = case when not m.oversize then :lease_id::uuid end,
        leased_until = case when not m.oversize then :now::timestamptz + make_interval(secs => :lease_seconds) end
      from measured m
      where o.event_id = m.event_id and m.total <= :most_claim_bytes
      returning o.*
    ),
    summary as (
      -- As before this statement, what it claims included.
      select
        outbox_lag(:now::timestamptz) as lag,
        (select count(*) from claimed where dead) as oversize
    )
    select
      s.lag,
      s.oversize,
      c.event_id,
      c.topic,
      c.aggregate_type,
      c.aggregate_id,
      c.sequence,
      c.correlation_id,
      c.data::text as data,
      to_char(c.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at,
      c.attempts
    from summary s
    left join claimed c on not c.dead
    order by c.available_at, c.event_id`,
    {
      lease_id: leaseId,
      lease_seconds: bounds.leaseSeconds,
      batch_size: bounds.batchSize,
      row_bytes: ROW_BYTES,
      most_event_bytes: MOST_EVENT_BYTES,
      most_claim_bytes: MOST_CLAIM_BYTES,
      now,
    },
  );
  return {
    leaseId,
    events: rows.flatMap(({ lag, oversize, ...row }) =>
      row.event_id === null ? [] : [{ ...row, data: JSON.parse(row.data) }],
    ),
    oversize: rows[0]?.oversize ?? 0,
    lag: Math.max(0, rows[0]?.lag ?? 0),
  };
}

/** What became of a claimed event. */
export interface Outcome {
  readonly event_id: string;
  /** Null when the bus took it. */
  readonly error: string | null;
  /** This was no attempt: the bus was out of order. The event is as before, due at once. */
  readonly outage?: boolean;
  /** When to try again; left out when it was taken, is tried no more, or is due as before. */
  readonly available_at?: Date;
  readonly dead: boolean;
}

/** Events whose lease ran out and that another relay claimed since are passed over: their outcome is its to tell. */
export async function markEvents(
  database: Database,
  leaseId: LeaseId,
  outcomes: readonly Outcome[],
  now: Date,
): Promise<void> {
  await database.query(
    `
    update event_outbox e
    set
      published_at = case when o.error is null then :now::timestamptz end,
      attempts = e.attempts + case when o.outage then 0 else 1 end,
      last_error = left(o.error, 64),
      available_at = coalesce(o.available_at, e.available_at),
      dead = o.dead,
      lease_id = null,
      leased_until = null
    from
      jsonb_to_recordset(:outcomes::jsonb) as o (
        event_id uuid, error text, outage boolean, available_at timestamptz, dead boolean
      )
    where e.event_id = o.event_id and e.lease_id = :lease_id::uuid`,
    { lease_id: leaseId, outcomes, now },
  );
}
