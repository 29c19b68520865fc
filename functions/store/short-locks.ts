/**
 * Changes of the schema beside a service that runs. ALTER TABLE waits for whoever is at work on the table, and everybody
 * who comes later waits behind it: a second of waiting is a second in which nobody logs in. So it gives up soon, and is
 * tried again.
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
}

/** Of each lock, in PostgreSQL's form. */
const LOCK_TIMEOUT = '1s';

/**
 * Runs statements as one transaction whose locks are had soon, or are tried for again as long as there is time.
 * @throws what the statements throw; the last refusal when time is over
 */
export async function withoutQueueing<T>(
  database: TransactionalDatabase,
  patience: Patience,
  work: (transaction: Database) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await database.transaction(async (transaction) => {
        await transaction.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
        return work(transaction);
      });
    } catch (error) {
      // SQLState 55P03: lock_not_available.
      if (!(error instanceof Error && /SQLState: 55P03/.test(error.message) && patience.hasTime())) throw error;
      await patience.pause();
    }
  }
}
