/** A statement whose answer is lost, and which is sent again as it was. */
import type { Database, Parameters } from '../../functions/store/database.ts';
import { until } from './await-condition.ts';
import type { Service } from './service.ts';

/** A line of a stack, of a function that sends a statement. */
const STORE = /at (?:async )?(\w+) \(\S*\/functions\/(?:store|packages)\//g;

/**
 * Two databases: what the first one is asked, the other one sends again, whatever it is asked itself.
 * @param seen gets the name of each function that asked the first: `createUser`
 */
export function sentAgain(database: Database, seen: Set<string>) {
  const sent: [sql: string, parameters: Parameters | undefined][] = [];
  let next = 0;
  const first: Database = {
    query(sql, parameters) {
      sent.push([sql, parameters]);
      for (const [, name = ''] of new Error().stack?.matchAll(STORE) ?? []) seen.add(name);
      return database.query(sql, parameters);
    },
  };
  const again: Database = {
    async query() {
      const index = next++;
      // Beside it the first try may be a moment behind, since its statements go on when they are let go.
      await until('', () => index < sent.length, { within: 2_000, every: 1 }).catch(() => {});
      const [sql, parameters] = sent[index] ?? [];
      if (!sql) throw new Error('the first try has not sent as many statements');
      return database.query(sql, parameters);
    },
  };
  return { first, again, sent: () => sent.length };
}

/** Every row of every table, as JSON, with its table's name: of the hundreds of partitions few have a file that is not empty. */
export async function allRows(service: Service): Promise<string[]> {
  const [tables] = await service.sql(
    `select string_agg(format('select %L || to_jsonb(t)::text as line from %I t', of || ' ', relname), ' union all ') as rows
    from pg_class, coalesce(pg_partition_root(oid), oid::regclass) as of
    where
      relnamespace = 'public'::regnamespace
      and relkind = 'r'
      and relname <> 'schema_migrations'
      and pg_relation_size(oid) > 0`,
  );
  const rows = tables?.rows ? await service.sql(tables.rows) : [];
  return rows.map(({ line }) => line).toSorted();
}

/**
 * What a call has changed, so that it can be compared with what the same call did in another world: without the values
 * that are new in each world.
 */
export const changes = (before: readonly string[], after: readonly string[]): string[] =>
  [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ]
    .map((line) =>
      line
        .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
        .replaceAll(/(\\\\x[0-9a-f]+)|\b[0-9a-f]{64}\b/g, 'BYTES')
        // What a client calls a browser's session.
        .replaceAll(/"sid": "[\w-]{43}"/g, '"sid": "BYTES"')
        // A digest in base64url, such as a client's `sid`.
        .replaceAll(/"[\w-]{43}"/g, '"DIGEST"')
        .replaceAll(/\b1[78]\d{11}\b/g, 'MILLISECONDS')
        .replaceAll(/\b1[78]\d{8}\b/g, 'SECONDS')
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+]\d\d:\d\d|Z)/g, 'TIME'),
    )
    .toSorted();
