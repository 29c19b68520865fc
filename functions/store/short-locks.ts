/**
 * Changes of the schema beside a service that runs. ALTER TABLE waits for whoever is at work on the table, and everybody
 * who comes later waits behind it: a second of waiting is a second in which nobody logs in. So it gives up soon, and is
 * tried again. So is what a fault of the connection ended, which is no word about the statements: a deployment that took a
 * quarter of an hour would fail by it.
 *
 * Source: https://www.postgresql.org/docs/18/runtime-config-client.html#GUC-LOCK-TIMEOUT
 */
import type { Database, TransactionalDatabase } from './database.ts';

/** How long a migration may wait for others. */
export interface Patience {
  /** Whether there is time for another try. */
  hasTime(): boolean;
  /** Waits a moment before it. */
  pause(): Promise<void>;
  /** Whether an error says nothing of the statements, so that another try may succeed. */
  passes(error: unknown): boolean;
}

/** Tries that end by faults of the connection: one that stays is to be reported. */
const MOST_FAULTS = 5;

/** Of each lock, in PostgreSQL's form. */
const LOCK_TIMEOUT = '1s';

/**
 * Runs statements as one transaction whose locks are had soon, or are tried for again as long as there is time.
 * @param work finds out by itself whether it was done: the answer to a commit may have been lost
 * @throws what the statements throw; the last refusal when time is over
 */
export async function withoutQueueing<T>(
  database: TransactionalDatabase,
  patience: Patience,
  work: (transaction: Database) => Promise<T>,
): Promise<T> {
  for (let faults = 1; ; ) {
    try {
      return await database.transaction(async (transaction) => {
        await transaction.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
        return work(transaction);
      });
    } catch (error) {
      // SQLState 55P03: lock_not_available.
      const isLocked = error instanceof Error && /SQLState: 55P03/.test(error.message);
      if (!isLocked && !(patience.passes(error) && faults++ < MOST_FAULTS)) throw error;
      if (!patience.hasTime()) throw error;
      await patience.pause();
    }
  }
}
