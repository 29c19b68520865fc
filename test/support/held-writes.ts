/** Two simultaneous writes: the first has done its work and holds its locks, uncommitted, while the second works. */
import { Client } from 'pg';
import { until } from './await-condition.ts';
import type { Service } from './service.ts';

/** The key of the advisory lock at which every write stops before its commit. */
const GATE = 20_260_101;
const written = [
  'event_outbox',
  'audit_log',
  'inbox',
  'invitations',
  'login_failures',
  'memberships',
  'one_time_tokens',
  'organizations',
  'rate_limits',
  'sessions',
  'users',
];

export interface Gate {
  /** @returns both outcomes; for an error the caller would have got a 5xx */
  inOrder<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<PromiseSettledResult<T>[]>;
  close(): Promise<void>;
}

/** While the gate is shut, each write of the service waits at its commit, with its changes made. */
export async function gateCommits(service: Service): Promise<Gate> {
  const holder = new Client({ connectionString: service.database.connectionString });
  await holder.connect();
  await service.sql(`
    create or replace function stop_at_gate() returns trigger language plpgsql
    as $$ begin perform pg_advisory_xact_lock_shared(${GATE}); return null; end $$`);
  for (const table of written) {
    await service.sql(`drop trigger if exists zz_gate on ${table}`);
    await service.sql(`
      create constraint trigger zz_gate after insert or update or delete on ${table}
      deferrable initially deferred for each row execute function stop_at_gate()`);
  }
  const [{ oid } = {}] = await service.sql('select oid from pg_database where datname = current_database()');
  // Prepared, and of the sessions only those that wait: it is asked some ten times for each pair of writes.
  const waiting = async () => {
    const { rows } = await holder.query({
      name: 'waiting',
      text: `
        select count(distinct l.pid)::int as count
        from pg_locks l, pg_stat_get_activity(l.pid) a
        where not l.granted and a.datid = $1`,
      values: [oid],
    });
    return rows[0].count;
  };
  /** Begins the work and returns when it waits or is done. */
  const begin = async <T>(work: () => Promise<T>, others: number) => {
    let done = false;
    const working = work().finally(() => {
      done = true;
    });
    working.catch(() => {});
    await until('the write waits or is done', async () => done || (await waiting()) > others, { every: 1 });
    return { working, waits: !done };
  };
  return {
    async inOrder<T>(first: () => Promise<T>, second: () => Promise<T>) {
      await holder.query('select pg_advisory_lock($1)', [GATE]);
      const begun: Promise<T>[] = [];
      try {
        const one = await begin(first, 0);
        const other = await begin(second, one.waits ? 1 : 0);
        begun.push(one.working, other.working);
      } finally {
        await holder.query('select pg_advisory_unlock_all()');
      }
      return Promise.allSettled(begun);
    },
    async close() {
      await holder.end();
      // The next file has the same database, and would stop at the gate with each write.
      for (const table of written) await service.sql(`drop trigger zz_gate on ${table}`);
    },
  };
}
