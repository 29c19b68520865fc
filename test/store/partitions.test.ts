/** The tables in partitions: what is made, what goes, and what stays. A service of its own, since its schema changes. */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { dropEndedPartition, makePartition } from '../../functions/store/partitions.ts';
import { claimEvents } from '../../functions/store/relay.ts';
import { databaseOf } from '../support/outbox.ts';
import { registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
let database: Database;
const DAY = 24 * 60 * 60 * 1000;
const ago = (days: number) => new Date(Date.now() - days * DAY);

beforeAll(async () => {
  service = await startService();
  database = await databaseOf(service);
});
afterAll(() => service.stop());

const partitionsOf = async (parent: string) =>
  (
    await service.sql(
      'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by name',
      [parent],
    )
  ).map(({ name }) => name);

/** A partition of fourteen days, with these rows; returns its name. */
async function oldPartition(days: number, rows: readonly { id: string; set?: string }[]): Promise<string> {
  const first = ago(days).toISOString().slice(0, 10);
  const name = `event_outbox_${first.replaceAll('-', '_')}`;
  await service.sql(`create table ${name} (like event_outbox including all)`);
  await service.sql(
    `do $$ begin execute format('alter table event_outbox attach partition ${name} for values from (%L) to (%L)',
      first_id_at('${first}Z'::timestamptz), first_id_at('${first}Z'::timestamptz + interval '14 days')); end $$`,
  );
  for (const { id, set } of rows) {
    await event(ago(days - 1), id);
    if (set) await service.sql(`update event_outbox set ${set} where aggregate_id = $1`, [id]);
  }
  return name;
}

/** Writes an event whose id is of a time; its aggregate finds it again. */
const event = (at: Date, aggregate: string) =>
  service.sql(
    `insert into event_outbox (
      event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at
    )
    select
      uuidv7($1::timestamptz - clock_timestamp()), 'huleedu.identity.login.failed.v1', 'login_attempt', $2, 1,
      uuidv7(), '{}', $1, $1`,
    [at, aggregate],
  );
const placeOf = async (aggregate: string) =>
  (await service.sql('select tableoid::regclass::text as place from event_outbox where aggregate_id = $1', [aggregate]))
    .map(({ place }) => place)
    .join();

const uuid = () => crypto.randomUUID();

describe('partitions to come', () => {
  it('are there from the first migration on: one of now and one of what comes next, beside DEFAULT', async () => {
    for (const parent of ['event_outbox', 'audit_log']) {
      const names = await partitionsOf(parent);
      expect(names).toHaveLength(3);
      expect(names.at(-1)).toBe(`${parent}_default`);
    }
    await registerAndLogin(service);
    const used = await service.sql(`
      select distinct tableoid::regclass::text as place from event_outbox
      union
      select distinct tableoid::regclass::text from audit_log`);
    expect(used.map(({ place }) => place).sort()).toEqual(
      [(await partitionsOf('audit_log'))[0], (await partitionsOf('event_outbox'))[0]].sort(),
    );
  });

  it('are made by the sweep, with the indexes, triggers and settings of the others', async () => {
    const [current, next] = await partitionsOf('event_outbox');
    const shapeOf = (name = '') =>
      service.sql(
        `select reloptions,
          (select count(*)::integer from pg_index where indrelid = c.oid) as indexes,
          (select array_agg(tgname::text order by tgname) from pg_trigger where tgrelid = c.oid) as triggers
        from pg_class c where oid = $1::regclass`,
        [name],
      );
    const shape = await shapeOf(current);
    expect(shape).toMatchObject([{ indexes: 6, triggers: ['event_outbox_seen', 'event_outbox_sequence'] }]);
    await service.sql(`drop table ${next}`);
    await service.runJob('sweep');
    expect(await partitionsOf('event_outbox')).toContain(next);
    expect(await shapeOf(next)).toEqual(shape);
  });

  it('are made once, also by two sweeps at once', async () => {
    const [, next = ''] = await partitionsOf('event_outbox');
    await service.sql(`drop table ${next}`);
    const made = await Promise.all([makePartition(database, 'event_outbox'), makePartition(database, 'event_outbox')]);
    expect(made.map(({ outcome }) => outcome)).toContain('made');
    expect((await partitionsOf('event_outbox')).filter((name) => name === next)).toHaveLength(1);
    expect(await makePartition(database, 'event_outbox')).toMatchObject({ outcome: 'none', partition: null });
  });

  it('wait for nobody: a statement that has DEFAULT puts them off, and the sweep says so', async () => {
    const [, next = ''] = await partitionsOf('audit_log');
    await service.sql(`drop table ${next}`);
    const reader = new Client({ connectionString: service.database.connectionString });
    await reader.connect();
    try {
      await reader.query('begin');
      await reader.query('select from audit_log limit 1');
      expect(await makePartition(database, 'audit_log')).toMatchObject({ outcome: 'busy', partition: next });
      await expect(service.runJob('sweep')).rejects.toThrow(`${next} (busy)`);
      await reader.query('commit');
    } finally {
      await reader.end();
    }
    await service.runJob('sweep');
    expect(await partitionsOf('audit_log')).toContain(next);
  });
});

describe('DEFAULT', () => {
  it('takes an event that no partition was made for, and a metric says so', async () => {
    const [past, future] = [uuid(), uuid()];
    await event(ago(300), past);
    await event(ago(-300), future);
    expect([await placeOf(past), await placeOf(future)]).toEqual(['event_outbox_default', 'event_outbox_default']);
    await service.runJob('sweep');
    const metric = service.logs().findLast(({ line }) => line.includes('"RowsOutsidePartitions"'));
    // The one of long ago is there by right.
    expect(JSON.parse(metric?.line ?? '{}')).toMatchObject({ RowsOutsidePartitions: 1 });
    await service.sql(`delete from event_outbox where aggregate_id in ('${past}', '${future}')`);
  });

  it('keeps the rows of a time that it has, and no partition is made for that', async () => {
    const [, next = ''] = await partitionsOf('event_outbox');
    await service.sql(`drop table ${next}`);
    const early = uuid();
    await event(new Date(Date.parse(next.slice(-10).replaceAll('_', '-')) + DAY), early);
    expect(await makePartition(database, 'event_outbox')).toMatchObject({ outcome: 'none', strays: 1 });
    await service.sql('delete from event_outbox where aggregate_id = $1', [early]);
    expect(await makePartition(database, 'event_outbox')).toMatchObject({ outcome: 'made', partition: next });
  });

  it.each(['event_outbox', 'audit_log'])('of %s refuses an id without a time', async (table) => {
    const key = table === 'audit_log' ? 'entry_id' : 'event_id';
    await expect(
      service.sql(`insert into ${table} select * from jsonb_populate_record(null::${table}, jsonb_build_object(
        '${key}', gen_random_uuid(), 'topic', 't', 'aggregate_type', 'user', 'aggregate_id', uuidv7(), 'sequence', 1,
        'correlation_id', uuidv7(), 'data', '{}'::jsonb, 'detail', '{}'::jsonb, 'occurred_at', now(),
        'available_at', now(), 'action', 'a', 'attempts', 0, 'dead', false))`),
    ).rejects.toThrow(`${table}_id_has_time`);
  });
});

describe('a partition that is over', () => {
  it('goes with its events; those that are unsent, dead or were sent late stay, and can be sent', async () => {
    const [sent, unsent, dead, late] = [uuid(), uuid(), uuid(), uuid()];
    const name = await oldPartition(60, [
      { id: sent, set: `published_at = now() - interval '59 days'` },
      { id: unsent },
      { id: dead, set: 'dead = true' },
      { id: late, set: `published_at = now() - interval '29 days'` },
    ]);
    expect(await placeOf(unsent)).toBe(name);
    await service.runJob('sweep');
    expect(await partitionsOf('event_outbox')).not.toContain(name);
    const places = await Promise.all([sent, unsent, dead, late].map(placeOf));
    expect(places).toEqual(['', 'event_outbox_default', 'event_outbox_default', 'event_outbox_default']);
    const { events } = await claimEvents(database, { batchSize: 100, leaseSeconds: 30 }, new Date());
    expect(events.map(({ aggregate_id }) => aggregate_id)).toContain(unsent);
    await service.sql(`delete from event_outbox where aggregate_id in ('${unsent}', '${dead}', '${late}')`);
  });

  it('stays while more than a thousand of its events are unsent', async () => {
    const name = await oldPartition(60, []);
    await service.sql(`
      insert into event_outbox (
        event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at
      )
      select uuidv7(interval '-59 days'), 't', 'user', uuidv7(), 1, uuidv7(), '{}', now(), now()
      from generate_series(1, 1001)`);
    expect(await dropEndedPartition(database, 'event_outbox', ago(30))).toMatchObject({
      outcome: 'full_of_unsent',
      partition: name,
    });
    await service.sql(`delete from ${name} where ctid = '(0,1)'`);
    expect(await dropEndedPartition(database, 'event_outbox', ago(30))).toMatchObject({
      outcome: 'dropped',
      moved: 1000,
    });
    await service.sql('delete from event_outbox_default');
  });

  it('is not dropped before its floor, whatever the application asks', async () => {
    const name = await oldPartition(29, []);
    const never = new Date('2999-01-01');
    expect(await dropEndedPartition(database, 'event_outbox', never)).toMatchObject({ outcome: 'none' });
    expect(await partitionsOf('event_outbox')).toContain(name);
    expect(await dropEndedPartition(database, 'audit_log', never)).toMatchObject({ outcome: 'none' });
    await service.sql(`drop table ${name}`);
  });

  it('waits for nobody, and is dropped by the next sweep', async () => {
    const name = await oldPartition(60, []);
    const writer = new Client({ connectionString: service.database.connectionString });
    await writer.connect();
    try {
      await writer.query('begin');
      await writer.query(`select from event_outbox where event_id = uuidv7()`);
      expect(await dropEndedPartition(database, 'event_outbox', ago(30))).toMatchObject({ outcome: 'busy' });
      await writer.query('commit');
    } finally {
      await writer.end();
    }
    await service.runJob('sweep');
    expect(await partitionsOf('event_outbox')).not.toContain(name);
  });
});
