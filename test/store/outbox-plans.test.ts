import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { outboxStatus } from '../../functions/store/dead-letters.ts';
import { findOwnEvent } from '../../functions/store/mails.ts';
import { claimEvents } from '../../functions/store/relay.ts';
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

/** The partition that the events are in. */
async function filled(): Promise<string> {
  const [row] = await service.sql('select tableoid::regclass::text as name from event_outbox limit 1');
  return row?.name;
}

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

/** Pages that a statement looks at, those of functions within it included. */
async function pagesOf(ask: (explaining: Database) => Promise<unknown>): Promise<number> {
  let pages = Number.NaN;
  const explaining: Database = {
    async query(sql, parameters) {
      const [row] = await database.query<{ 'QUERY PLAN': string }>(
        `explain (analyze, buffers, format json) ${sql}`,
        parameters,
      );
      const [{ Plan }] = JSON.parse(row?.['QUERY PLAN'] ?? '[]');
      pages = Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
      return [];
    },
  };
  await ask(explaining).catch(() => {});
  return pages;
}

it('claims without reading published events, nor a backlog that the statistics know nothing of', async () => {
  const claim = (explaining: Database) => claimEvents(explaining, { batchSize: 100, leaseSeconds: 30 }, now);
  const before = await pagesOf(claim);
  expect(before).toBeLessThan(1_000);
  await service.sql(`
    insert into event_outbox (
      event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at, attempts
    )
    select
      uuidv7(), 'huleedu.identity.user.registered.v1', 'user', uuidv7(), 1, uuidv7(), '{}', now(),
      now() - interval '1 minute', 1
    from generate_series(1, 20000) as n`);
  // A hundred rows are locked, leased and written by their indexes. To sort the backlog would read all its pages.
  expect(await pagesOf(claim)).toBeLessThan(5_000);
  await service.sql('delete from event_outbox where attempts = 1');
});

it('counts waiting and dead events by their own indexes', async () => {
  const plan = await planOf((explaining) => outboxStatus(explaining, now));
  const current = await filled();
  expect(plan).toMatch(new RegExp(`Index (Only )?Scan using ${current}_available_at_event_id_idx`));
  expect(plan).toMatch(new RegExp(`Index (Only )?Scan using ${current}_occurred_at_idx1`));
  expect(plan).not.toContain(`Seq Scan on ${current}`);
});

it('looks for an event by its id in one partition', async () => {
  const [row] = await service.sql('select event_id from event_outbox where published_at is not null limit 1');
  const event = { event_id: row?.event_id, topic: 'huleedu.identity.user.registered.v1', to: null } as const;
  const plan = await planOf((explaining) => findOwnEvent(explaining, event));
  expect(plan.match(/ on event_outbox\w*/g)).toEqual([` on ${await filled()}`]);
});

it('counts what is left of a partition by three indexes, before it is dropped', async () => {
  const current = await filled();
  const lines = await service.sql(`
    explain (costs off)
    select count(*)
    from (
      select
      from ${current}
      where (published_at is null and not dead) or dead or published_at >= now()
      limit 1001
    ) as found`);
  const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
  expect(plan).toContain('BitmapOr');
  expect(plan).not.toContain('Seq Scan');
});
