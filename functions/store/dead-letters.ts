/** The outbox as its operator sees it: how it stands, which events were given up, and giving them another chance. */
import type { Database } from './database.ts';

export interface OutboxStatus {
  /** Neither published nor dead. */
  readonly waiting: number;
  /** Of those, refused at least once. */
  readonly retrying: number;
  readonly dead: number;
  /** Age of the oldest waiting one, seconds; null without one. */
  readonly lag: number | null;
}

export async function outboxStatus(database: Database, now: Date): Promise<OutboxStatus> {
  const [status] = await database.query<OutboxStatus>(
    // Two parts, each on its partial index: together they would read every row ever published.
    `
    select
      waiting.*,
      (select count(*) from event_outbox where dead) as dead
    from (
      select
        count(*) as waiting,
        count(*) filter (where attempts > 0) as retrying,
        extract(epoch from :now::timestamptz - min(occurred_at))::float8 as lag
      from event_outbox
      where published_at is null and not dead
    ) as waiting`,
    { now },
  );
  if (!status) throw new Error('the outbox has no status');
  return status;
}

/** No payload: it may hold an address. */
export interface DeadLetter {
  readonly event_id: string;
  readonly topic: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly correlation_id: string;
  readonly attempts: number;
  readonly last_error: string;
  /** RFC 3339, UTC. */
  readonly occurred_at: string;
}

/** The oldest first. */
export async function deadLetters(database: Database, most: number): Promise<DeadLetter[]> {
  return database.query<DeadLetter>(
    `
    select
      event_id,
      topic,
      aggregate_type,
      aggregate_id,
      correlation_id,
      attempts,
      last_error,
      to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at
    from event_outbox
    where dead
    order by occurred_at
    limit :most`,
    { most },
  );
}

/**
 * Lets dead letters be sent again, with all their attempts before them.
 * @param eventId one of them, or null for all
 * @returns how many
 */
export async function redrive(database: Database, eventId: string | null, now: Date): Promise<number> {
  const [row] = await database.query<{ redriven: number }>(
    `
    with redriven as (
      update event_outbox
      set dead = false, attempts = 0, last_error = null, available_at = :now::timestamptz
      where dead and (:event_id::uuid is null or event_id = :event_id::uuid)
      returning event_id
    )
    select count(*) as redriven
    from redriven`,
    { event_id: eventId, now },
  );
  return row?.redriven ?? 0;
}

/**
 * After a restore to an earlier time: every aggregate's next event gets a sequence above all that were given before, so
 * that no consumer takes it for an old one (migrations/0020).
 * @returns the least sequence from now on, less one
 */
export async function raiseSequences(database: Database, now: Date): Promise<number> {
  const [row] = await database.query<{ floor: number }>(
    `
    insert into event_sequence_floor as f (floor)
    values ((extract(epoch from :now::timestamptz) * 1000)::bigint)
    on conflict (only_row) do update set floor = greatest(f.floor, excluded.floor)
    returning floor`,
    { now },
  );
  return row?.floor ?? 0;
}
