/** Transactions that last over several calls, each on its own connection. They end as the service's do. */
import { randomBytes } from 'node:crypto';
import type { Database } from './rds-data-databases.ts';
import { badRequest, statementError } from './rds-data-errors.ts';
import type { Session } from './rds-data-session.ts';
import { AwsError } from './service.ts';

/** The longest time since its last call, milliseconds. Source: API reference, BeginTransaction. */
const MAX_IDLE = 3 * 60_000;
/** The longest time in all, milliseconds. */
const MAX_AGE = 24 * 3_600_000;
/** How often abandoned transactions are looked for, milliseconds; they may hold locks. */
const SWEEP_EVERY = 5_000;

export interface Transaction extends Session {
  readonly id: string;
  readonly database: Database;
  readonly secretArn: string;
  readonly begunAt: number;
  usedAt: number;
  busy: boolean;
}

type End = 'Transaction may be expired.' | 'One previous call resulted in a termination of your transaction.' | Aborted;
type Aborted = 'Transaction has been aborted due to an error from a previous call.';

export function createTransactions(now: () => number) {
  const open = new Map<string, Transaction>();
  /** Why the latest transactions ended, for the error message. */
  const ended = new Map<string, End>();
  const sweeper = setInterval(sweep, SWEEP_EVERY).unref();

  function sweep(): void {
    for (const transaction of open.values()) {
      const isOver = now() - transaction.usedAt > MAX_IDLE || now() - transaction.begunAt > MAX_AGE;
      if (isOver && !transaction.busy) end(transaction, 'Transaction may be expired.');
    }
  }

  /** Closes its connection too: what the transaction set in the session must not reach another call. */
  function end(transaction: Transaction, why: End): void {
    if (!open.delete(transaction.id)) return;
    ended.set(transaction.id, why);
    if (ended.size > 1_000) ended.delete(ended.keys().next().value ?? '');
    transaction.client.release(true);
  }

  function find(id: string, secretArn: string): Transaction {
    sweep();
    const transaction = open.get(id);
    if (transaction?.secretArn === secretArn) return transaction;
    const why = ended.get(id) ?? 'Transaction may be expired.';
    throw new AwsError('TransactionNotFoundException', `Transaction ${id} is not found. ${why}`, 404);
  }

  /** @throws AwsError DatabaseErrorException when another call uses it */
  function take(id: string, secretArn: string): Transaction {
    const transaction = find(id, secretArn);
    if (transaction.busy) throw new AwsError('DatabaseErrorException', 'Transaction is still running a query');
    transaction.busy = true;
    return transaction;
  }

  return {
    async begin(database: Database, secretArn: string): Promise<string> {
      sweep();
      const client = await database.connect();
      try {
        await client.query('begin');
      } catch (error) {
        client.release(true);
        throw statementError(error);
      }
      // 184 characters: the service's ids have at most 192.
      const id = randomBytes(138).toString('base64');
      const session = { client, running: Promise.resolve(), marked: false };
      open.set(id, { ...session, id, database, secretArn, begunAt: now(), usedAt: now(), busy: false });
      return id;
    },

    /**
     * Takes the transaction for one statement; {@link giveBack} ends its use.
     * @throws AwsError TransactionNotFoundException, DatabaseErrorException while another statement runs in it
     */
    take(id: string, secretArn: string, databaseName: string | undefined): Transaction {
      const transaction = take(id, secretArn);
      if (databaseName === undefined || databaseName === transaction.database.name) return transaction;
      transaction.busy = false;
      throw badRequest('Database name is not the same as transaction database name');
    },

    giveBack(transaction: Transaction): void {
      transaction.busy = false;
      transaction.usedAt = now();
    },

    /** Call it when a statement has failed: the service then ends the transaction, even where there is a savepoint. */
    abort(transaction: Transaction): void {
      end(transaction, 'Transaction has been aborted due to an error from a previous call.');
    },

    /** @param how the statement that ends it */
    async finish(id: string, secretArn: string, how: 'commit' | 'rollback'): Promise<void> {
      const transaction = take(id, secretArn);
      try {
        await transaction.client.query(how);
      } catch (error) {
        throw statementError(error);
      } finally {
        end(transaction, 'One previous call resulted in a termination of your transaction.');
      }
    },

    close(): void {
      clearInterval(sweeper);
      for (const transaction of open.values()) {
        end(transaction, 'One previous call resulted in a termination of your transaction.');
      }
    },
  };
}

export type Transactions = ReturnType<typeof createTransactions>;
