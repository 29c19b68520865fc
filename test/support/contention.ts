/** Statements that truly meet: all have begun, and have read what they decide by, before the first may go on. */
import { Client } from 'pg';
import { until } from './await-condition.ts';
import type { Service } from './service.ts';

/**
 * @param rows a `select … for update` of the rows that the statements will want
 * @param requests one statement each
 */
export async function meet<T>(service: Service, rows: string, requests: readonly (() => Promise<T>)[]): Promise<T[]> {
  const holder = new Client({ connectionString: service.database.connectionString });
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query(rows);
    const answers = Promise.all(requests.map((request) => request()));
    await until('every statement waits', async () => {
      const [row] = await service.sql(
        // Of other roles' statements pg_stat_activity tells no wait event.
        `select count(distinct pid)::int as waiting
        from pg_locks
        where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`,
      );
      return row?.waiting === requests.length;
    });
    await holder.query('commit');
    return await answers;
  } finally {
    await holder.end();
  }
}
