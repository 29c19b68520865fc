import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { outboxStatus } from '../../functions/store/dead-letters.ts';
import { claimEvents } from '../../functions/store/relay.ts';
import { type Swept, sweep } from '../../functions/store/sweep.ts';
import { databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
const now = new Date();

/** 20,000 published events, and as few others as usual, with the statistics that autovacuum would have made. */
beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
  await service.sql(`
    insert into event_outbox (
      event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at,
      published_at, dead
    )
    select
      uuidv7(), 'huleedu.identity.user.registered.v1', 'user', uuidv7(), 1, uuidv7(), '{}', now(), now(),
      case when n > 20 then now() end, n > 10 and n <= 20
    from generate_series(1, 20000) as n`);
  await service.sql('analyze event_outbox');
});
afterAll(() => service.stop());

/** How PostgreSQL would run a store function's statement. */
async function planOf(ask: (explaining: Database) => Promise<unknown>): Promise<string> {
  let plan = '';
  const explaining: Database = {
    async query(sql, parameters) {
      const lines = await database.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${sql}`, parameters);
      plan = lines.map((line) => line['QUERY PLAN']).join('\n');
      return [];
    },
  };
  // An explained statement returns none of its rows, so the function may fail.
  await ask(explaining).catch(() => {});
  return plan;
}

it('claims by the index of unsent events, without reading published ones', async () => {
  const plan = await planOf((explaining) => claimEvents(explaining, { batchSize: 100, leaseSeconds: 30 }, now));
  expect(plan).toContain('Index Scan using event_outbox_pending on event_outbox');
  expect(plan).toContain('Index Cond: (available_at <=');
  expect(plan).not.toContain('Seq Scan on event_outbox');
});

it('takes the lag from the first entries of two indexes', async () => {
  const plan = await planOf((explaining) => claimEvents(explaining, { batchSize: 100, leaseSeconds: 30 }, now));
  expect(plan).toMatch(/Limit\s+->\s+Index Only Scan using event_outbox_pending/);
  expect(plan).toMatch(/Limit\s+->\s+Index Only Scan using event_outbox_retrying/);
});

it('counts waiting and dead events by their own indexes', async () => {
  const plan = await planOf((explaining) => outboxStatus(explaining, now));
  expect(plan).toMatch(/Index (Only )?Scan using event_outbox_pending/);
  expect(plan).toMatch(/Index (Only )?Scan using event_outbox_dead/);
  expect(plan).not.toContain('Seq Scan on event_outbox');
});

it('sweeps by index', async () => {
  const before = new Date(now.getTime() - 1_000_000_000);
  const swept = (table: Swept) => planOf((explaining) => sweep(explaining, table, { before, most: 1_000 }));
  expect(await swept('event_outbox')).toContain('Index Scan using event_outbox_published');
});
