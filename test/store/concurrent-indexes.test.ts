/** Indexes beside a service that runs: made, resumed and refused. A database of its own, since its schema changes. */
import { createHash, randomBytes } from 'node:crypto';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataApi } from '../../functions/aws/data-api.ts';
import type { TransactionalDatabase } from '../../functions/store/database.ts';
import { applyMigrations } from '../../functions/store/migrations.ts';
import { until } from '../support/await-condition.ts';
import { databaseTargetOf } from '../support/outbox.ts';
import { registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
/** As the migrating job has it: the owner of the schema. */
let database: TransactionalDatabase;
beforeAll(async () => {
  service = await startService();
  const target = await databaseTargetOf(service);
  const { ARN = '' } = await new SecretsManagerClient({}).send(
    new DescribeSecretCommand({ SecretId: 'identity-local/database-owner' }),
  );
  database = dataApi({ ...target, secretArn: ARN });
  await service.sql(`
    insert into event_outbox (
      event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at,
      published_at
    )
    select uuidv7(), 't', 'user', uuidv7(), 1, uuidv7(), '{}', now(), now(), now()
    from generate_series(1, 50000)`);
});
afterAll(() => service.stop());

const migration = (sql: string) => ({
  name: `9999_${randomBytes(4).toString('hex')}.sql`,
  sql: `-- migrate: concurrently\n${sql}`,
  checksum: createHash('sha256').update(sql).digest('hex'),
});
/** Tries as often as it is asked for; a job that is out of time tries no more. */
const patience = (tries = Number.POSITIVE_INFINITY) => ({
  hasTime: () => tries-- > 0,
  pause: () => new Promise<void>((resolve) => setTimeout(resolve, 20)),
  passes: () => false,
});
const indexesOf = (like: string) =>
  service.sql(
    `select indexrelid::regclass::text as name, indisvalid as valid
    from pg_index where indexrelid::regclass::text like $1 order by name`,
    [like],
  );
const isValid = async (name: string) => (await indexesOf(name))[0]?.valid;

/** A writer that is still at work on the table: a build waits for it. */
async function withWriter<T>(table: string, work: (release: () => Promise<unknown>) => Promise<T>): Promise<T> {
  const writer = new Client({ connectionString: service.database.connectionString });
  await writer.connect();
  try {
    await writer.query('begin');
    await writer.query(`lock ${table} in row exclusive mode`);
    return await work(() => writer.query('commit'));
  } finally {
    await writer.end();
  }
}
const waiting = async () =>
  (
    await service.sql(`
      select pid, relid::regclass::text as table_name
      from pg_stat_progress_create_index
      where datname = current_database() and phase = 'waiting for writers before build'`)
  )[0];

it('builds an index while others write, and notes it once', async () => {
  const making = migration('create index users_by_locale on users (locale) where locale is not null;');
  await withWriter('users', async (release) => {
    const applied = applyMigrations(database, [making], patience());
    await until('the build waits', async () => (await waiting())?.table_name === 'users');
    // A plain CREATE INDEX would keep this waiting.
    await registerAndLogin(service);
    await release();
    expect(await applied).toEqual([making.name]);
  });
  expect(await isValid('users_by_locale')).toBe(true);
  expect(await applyMigrations(database, [making], patience())).toEqual([]);
  await expect(applyMigrations(database, [{ ...making, checksum: 'other' }], patience())).rejects.toThrow(
    'was changed',
  );
});

it('makes again what a build that was cut has left', async () => {
  const making = migration('create index sessions_by_device on sessions (device_name)');
  await withWriter('sessions', async (release) => {
    const failed = expect(applyMigrations(database, [making], patience(1))).rejects.toThrow('(invalid): deploy again');
    await until('the build waits', async () => (await waiting())?.table_name === 'sessions');
    // As a failover does.
    await service.sql('select pg_terminate_backend($1)', [(await waiting())?.pid]);
    await failed;
    await release();
  });
  expect(await isValid('sessions_by_device')).toBe(false);
  expect(await applyMigrations(database, [making], patience())).toEqual([making.name]);
  expect(await isValid('sessions_by_device')).toBe(true);
});

it('waits for a build that goes on after its job was killed, and begins no second one', async () => {
  const making = migration('create index users_by_display_name on users (display_name)');
  await withWriter('users', async (release) => {
    // The job's own call is cut; the statement goes on, as it does in the service.
    const cut = database.start('create index concurrently users_by_display_name on users (display_name)');
    await until('the build waits', async () => (await waiting())?.table_name === 'users');
    const { pid } = (await waiting()) ?? {};
    await expect(applyMigrations(database, [making], patience(3))).rejects.toThrow('(building): deploy again');
    const second = applyMigrations(database, [making], patience());
    expect((await waiting())?.pid).toBe(pid);
    await release();
    expect(await second).toEqual([making.name]);
    await cut;
  });
  expect(await indexesOf('users_by_display_name%')).toEqual([{ name: 'users_by_display_name', valid: true }]);
});

it('builds one on each partition, goes on where it was cut, and the next partition has it too', async () => {
  const making = migration('create index event_outbox_of_aggregate on event_outbox (aggregate_id, sequence)');
  const partitions = await service.sql(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event_outbox'::regclass`,
  );
  const [first = ''] = partitions.map(({ name }) => name).sort();
  await withWriter(first, async (release) => {
    await expect(applyMigrations(database, [making], patience(0))).rejects.toThrow();
    const second = applyMigrations(database, [making], patience());
    await until('the build waits', async () => (await waiting())?.table_name === first);
    await release();
    expect(await second).toEqual([making.name]);
  });
  const made = await indexesOf('event_outbox%_of_aggregate');
  expect(made).toHaveLength(partitions.length + 1);
  expect(made.filter(({ valid }) => !valid)).toEqual([]);
  const [, next = ''] = partitions.map(({ name }) => name).sort();
  await service.sql(`drop table ${next}`);
  await service.runJob('sweep');
  const [row] = await service.sql(`select count(*)::integer as count from pg_index where indrelid = $1::regclass`, [
    next,
  ]);
  expect(row).toEqual({ count: 7 });
});

it.each(['create table t (id integer)', 'alter table users add column x integer', 'create index on users (locale)'])(
  'refuses another statement: %s',
  async (statement) => {
    await expect(applyMigrations(database, [migration(statement)], patience())).rejects.toThrow(
      'can be run concurrently',
    );
  },
);

it('fails for good where an index cannot be built', async () => {
  const making = migration('create unique index users_one_a_locale on users (source)');
  await registerAndLogin(service);
  await registerAndLogin(service);
  await expect(applyMigrations(database, [making], patience())).rejects.toThrow('SQLState: 23505');
});

it('lets nobody wait for an ALTER TABLE that waits for others: it gives up, and tries again', async () => {
  const making = { name: '9999_column.sql', sql: 'alter table users add column pet text', checksum: 'c' };
  await withWriter('users', async (release) => {
    await expect(applyMigrations(database, [making], patience(0))).rejects.toThrow('SQLState: 55P03');
    let tries = 0;
    const applied = applyMigrations(database, [making], {
      hasTime: () => true,
      passes: () => false,
      pause: async () => {
        tries += 1;
        await release();
      },
    });
    expect(await applied).toEqual([making.name]);
    expect(tries).toBe(1);
  });
});
