/** Truly concurrent statements: all have begun, and have read what they decide by, before the first may continue. */
import { Client } from 'pg';
import { until } from './await-condition.ts';
import type { Service } from './service.ts';

/**
 * @param rows a `select … for update` of the rows that the statements need
 * @param requests one statement each, begun together
 */
export const contendFor = <T>(service: Service, rows: string, requests: readonly (() => Promise<T>)[]): Promise<T[]> =>
  hold(service, rows, async (waiting) => {
    const answers = requests.map((request) => request());
    await waiting(requests.length);
    return answers;
  });

/** As {@link contendFor}, but each begins when the one before it waits: PostgreSQL lets them on in this order. */
export const queueFor = <T>(service: Service, rows: string, requests: readonly (() => Promise<T>)[]): Promise<T[]> =>
  hold(service, rows, async (waiting) => {
    const answers = [];
    for (const request of requests) {
      answers.push(request());
      await waiting(answers.length);
    }
    return answers;
  });

async function hold<T>(
  service: Service,
  rows: string,
  begin: (waiting: (statements: number) => Promise<void>) => Promise<Promise<T>[]>,
): Promise<T[]> {
  const holder = new Client({ connectionString: service.database.connectionString });
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query(rows);
    const answers = await begin((statements) =>
      until('every statement waits', async () => {
        const [row] = await service.sql(
          // pg_stat_activity shows no wait event for statements of other roles.
          `select count(distinct pid)::int as waiting
          from pg_locks
          where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`,
        );
        return row?.waiting === statements;
      }),
    );
    await holder.query('commit');
    return await Promise.all(answers);
  } finally {
    await holder.end();
  }
}
