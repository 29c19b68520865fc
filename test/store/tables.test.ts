/** What every table has, also the next one. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const names = async (sql: string) => (await service.sql(sql)).map(({ name }) => name);

it('has an index for every foreign key, or deleting a row would read the whole table that refers to it', async () => {
  const without = await names(`
    select conrelid::regclass || ': ' || conname as name
    from pg_constraint
    where
      contype = 'f'
      and not exists (
        select
        from pg_index
        where
          indrelid = conrelid
          -- Nothing refers to null.
          and (indpred is null or pg_get_expr(indpred, indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
          and (indkey::smallint[])[0:cardinality(conkey) - 1] @> conkey
      )`);
  expect(without).toEqual([]);
});

it('is swept if its rows expire', async () => {
  const expiring = await names(`
    select table_name as name
    from information_schema.columns
    where table_schema = 'public' and column_name = 'expires_at'`);
  const swept = Object.keys((await service.runJob('sweep')) as object);
  expect(expiring.filter((table) => !swept.includes(table))).toEqual([]);
  expect(expiring).not.toEqual([]);
});
