/**
 * The tables in partitions (migrations/0018): functions of the schema's owner make and drop these, since the application's
 * role may change rows alone. Each call is one short transaction, which gives up rather than keep others waiting.
 */
import type { Database } from './database.ts';

export type Partitioned = 'event_outbox' | 'audit_log';

export interface Made {
  /**
   * `none`: no partition is missing. `busy`: somebody else had a lock; call again. `default_too_large`: an operator has
   * to attach it (README, "Partitions").
   */
  readonly outcome: 'made' | 'none' | 'busy' | 'default_too_large';
  readonly partition: string | null;
  /** Rows that no partition was made for, a thousand at most. */
  readonly strays: number;
}

/** Makes one partition that is missing, of now or of what comes next. */
export async function makePartition(database: Database, parent: Partitioned): Promise<Made> {
  const [made] = await database.query<Made>(
    `
    select outcome, partition, count_strays(:parent) as strays
    from make_partition(:parent)`,
    { parent },
  );
  return made ?? { outcome: 'none', partition: null, strays: 0 };
}

export interface Dropped {
  /** `full_of_unsent`: over a thousand of its events are still to be sent or dead. */
  readonly outcome: 'dropped' | 'none' | 'busy' | 'full_of_unsent';
  readonly partition: string | null;
  /** Events that went to DEFAULT instead, since they are unsent or dead. */
  readonly moved: number;
}

/** Drops the oldest partition, if all that it may hold is older than a time. */
export async function dropEndedPartition(database: Database, parent: Partitioned, before: Date): Promise<Dropped> {
  const [dropped] = await database.query<Dropped>(
    `
    select outcome, partition, moved
    from drop_ended_partition(:parent, :before::timestamptz)`,
    { parent, before },
  );
  return dropped ?? { outcome: 'none', partition: null, moved: 0 };
}
