/** Transactions over several calls: each keeps a connection, until it is ended or left alone for too long. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { badRequest } from './rds-data-parameters.ts';
import { AwsError } from './service.ts';

const MINUTE = 60_000;
/** A transaction without a call for three minutes is rolled back, and any after 24 hours. */
const MAX_IDLE = 3 * MINUTE;
const MAX_AGE = 24 * 60 * MINUTE;

interface Transaction {
  readonly client: pg.PoolClient;
  readonly startedAt: number;
  usedAt: number;
  busy: boolean;
}

export function createTransactions(now: () => Date) {
  const open = new Map<string, Transaction>();
  const timer = setInterval(endOverdue, 5_000).unref();

  function endOverdue(): void {
    for (const [id, transaction] of open)
      if (!transaction.busy && isOverdue(transaction)) void finish(id, 'rollback').catch(() => {});
  }
  const isOverdue = ({ startedAt, usedAt }: Transaction) => {
    const time = now().getTime();
    return time - usedAt >= MAX_IDLE || time - startedAt >= MAX_AGE;
  };

  async function find(id: string): Promise<Transaction> {
    const transaction = open.get(id);
    if (transaction && !transaction.busy && isOverdue(transaction)) await finish(id, 'rollback');
    if (!transaction || !open.has(id)) {
      throw new AwsError('TransactionNotFoundException', `Transaction ${id} is not found`, 404);
    }
    if (transaction.busy) throw badRequest(`Transaction ${id} is running another statement`);
    return transaction;
  }

  async function finish(id: string, how: 'commit' | 'rollback'): Promise<void> {
    const transaction = open.get(id);
    open.delete(id);
    let failure: Error | undefined;
    try {
      await transaction?.client.query(how);
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      transaction?.client.off('error', ignore).release(failure);
    }
  }

  return {
    async begin(client: pg.PoolClient): Promise<string> {
      client.on('error', ignore);
      await client.query('begin');
      const id = randomUUID();
      const time = now().getTime();
      open.set(id, { client, startedAt: time, usedAt: time, busy: false });
      return id;
    },
    /** @throws AwsError when it is over, or busy with another statement */
    async use<T>(id: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
      const transaction = await find(id);
      transaction.busy = true;
      try {
        return await work(transaction.client);
      } finally {
        transaction.busy = false;
        transaction.usedAt = now().getTime();
      }
    },
    async end(id: string, how: 'commit' | 'rollback'): Promise<void> {
      await find(id);
      await finish(id, how);
    },
    async close(): Promise<void> {
      clearInterval(timer);
      await Promise.allSettled([...open.keys()].map((id) => finish(id, 'rollback')));
    },
  };
}

/** The loss of the connection is told by the next statement on it. */
const ignore = () => {};
