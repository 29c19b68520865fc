/**
 * The rehearsal of README's "Recovery": the cluster is lost, and restored to a time before that, from a copy of its data and
 * the archived WAL, as RDS does. A consumer has seen what is lost.
 */
import { execFile } from 'node:child_process';
import { appendFile, chmod, chown, cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { receive } from '../../functions/packages/inbox/index.ts';
import type { Database } from '../../functions/store/database.ts';
import { type PostgresServer, startPostgres } from '../../lib/local/postgres.ts';
import { until } from '../support/await-condition.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { databaseOf } from '../support/outbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { withoutConsumers as functions } from '../support/without-consumers.ts';

const run = promisify(execFile);
let directory: string;
/** Another service's database, which is not lost. */
let consumer: Database;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recovery-'));
  // PostgreSQL may run as another user.
  await chmod(directory, 0o755);
  await mkdir(join(directory, 'archive'));
  await chmod(join(directory, 'archive'), 0o777);
  consumer = await databaseOf(await sharedService());
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const archive = () => join(directory, 'archive');
const data = (host: string) => join(directory, host, 'postgres', 'data');
const startHost = (host: string) =>
  startService({ ...asDeployed, directory: join(directory, host), database: undefined, functions });

// biome-ignore lint/suspicious/noExplicitAny: rows of any statement.
async function asSuperuser(server: PostgresServer, sql: string): Promise<any[]> {
  const client = new Client({ ...server, ...server.superuser, database: 'postgres' });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** What every cluster of Aurora has from its first hour: an archive of all that is written. */
async function makeArchivingCluster(host: string): Promise<void> {
  const postgres = await startPostgres({ directory: join(directory, host, 'postgres') });
  await asSuperuser(postgres, 'alter system set archive_mode = on');
  await asSuperuser(postgres, `alter system set archive_command = 'cp %p ${archive()}/%f'`);
  await postgres.stop();
}

/** As the account that PostgreSQL runs as, which is another one under root. */
async function writeForPostgres(file: string, text: string): Promise<void> {
  const { uid, gid } = await stat(join(file, '..'));
  await writeFile(file, text);
  await chown(file, uid, gid);
}

/** A copy of the running cluster's data. Source: https://www.postgresql.org/docs/18/continuous-archiving.html, 25.3.4 */
async function backUp(server: PostgresServer, from: string, to: string): Promise<void> {
  const client = new Client({ ...server, ...server.superuser, database: 'postgres' });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('rehearsal', true)`);
    await mkdir(join(directory, to), { mode: 0o755 });
    await run('cp', ['-a', join(directory, from, 'postgres'), join(directory, to, 'postgres')]);
    const { rows } = await client.query('select labelfile from pg_backup_stop()');
    await writeForPostgres(join(data(to), 'backup_label'), rows[0].labelfile);
    await rm(join(data(to), 'postmaster.pid'));
    await run('sh', ['-c', 'rm -rf "$0"/pg_wal/0*', data(to)]);
  } finally {
    await client.end();
  }
}

/** `aws rds restore-db-cluster-to-point-in-time --restore-to-time`. */
async function restoreTo(time: string, host: string): Promise<void> {
  await appendFile(
    join(data(host), 'postgresql.auto.conf'),
    [
      `restore_command = 'cp ${archive()}/%f %p'`,
      `recovery_target_time = '${time}'`,
      `recovery_target_action = 'promote'`,
      // Ready when it can be written to, not before.
      `hot_standby = 'off'`,
      `archive_mode = 'off'`,
      '',
    ].join('\n'),
  );
  await writeForPostgres(join(data(host), 'recovery.signal'), '');
}

/** Sends what waits, and gives all that the bus had to the consumer: once each, and of an aggregate the newest alone. */
async function consume(service: Service): Promise<string[]> {
  await service.runJob('relay-outbox', { drain: true });
  const taken: string[] = [];
  for (const { detail } of service.events.events()) {
    const { event_id, event_type, metadata } = detail as unknown as {
      event_id: string;
      event_type: string;
      metadata: { aggregate_id: string; sequence: number };
    };
    const rows = await consumer.query(
      `
      with received as (${receive('delivery')})
      insert into event_sequences as known (aggregate_id, sequence)
      select :aggregate_id::uuid, :sequence::bigint
      from received
      on conflict (aggregate_id) do update set sequence = excluded.sequence
      where known.sequence < excluded.sequence
      returning aggregate_id`,
      { delivery: { consumer: 'rehearsal', event_id }, now: new Date(), ...metadata, aggregate_type: undefined },
    );
    if (rows.length > 0) taken.push(event_type);
  }
  return taken;
}

const login = (service: Service, { email, password }: Person) => service.post('/v1/auth/login', { email, password });
const LOGIN = 'huleedu.identity.login.succeeded.v1';

it('goes on from a restored cluster: people sign in, and consumers take what happens next', async () => {
  await makeArchivingCluster('lost');
  const lost = await startHost('lost');
  const postgres = lost.database.postgres;
  const [early, between] = [await registerAndLogin(lost), await registerAndLogin(lost)];
  await backUp(postgres, 'lost', 'restored');
  // In the archive alone.
  expect((await lost.post('/v1/orgs', { name: 'Norra skolan' }, between.bearer)).status).toBe(201);
  const [{ time }] = await asSuperuser(postgres, 'select clock_timestamp()::text as time');
  // What is lost: an account, events that a consumer has seen, and the refresh token that a client got last.
  const late = await registerAndLogin(lost);
  for (let again = 0; again < 3; again++) expect((await login(lost, early)).status).toBe(200);
  const { body: rotated } = await lost.post('/v1/auth/refresh', { refresh_token: early.refreshToken });
  expect(await consume(lost)).toContain(LOGIN);
  const [{ file }] = await asSuperuser(postgres, 'select pg_walfile_name(pg_switch_wal()) as file');
  await until('all is archived', async () => {
    const [row] = await asSuperuser(postgres, 'select last_archived_wal as last from pg_stat_archiver');
    return row.last >= file;
  });
  await lost.stop();
  await rm(data('lost'), { recursive: true });

  await restoreTo(time, 'restored');
  // The secrets are not the database's, and are taken over. The signing keys stay behind, as in another Region.
  await cp(join(directory, 'lost', 'secrets.json'), join(directory, 'restored', 'secrets.json'));
  const restored = await startHost('restored');
  try {
    expect(await restored.sql('select name from organizations')).toEqual([{ name: 'Norra skolan' }]);
    expect((await login(restored, late)).status).toBe(401);
    // What the restored row does not know yet is no sign of theft: its owner signs in again, and others go on.
    expect((await restored.post('/v1/auth/refresh', { refresh_token: rotated.refresh_token })).status).toBe(401);
    expect((await restored.post('/v1/auth/refresh', { refresh_token: between.refreshToken })).status).toBe(200);

    // The account counts its events from where it was, and a consumer that saw more takes them for old ones.
    expect((await login(restored, early)).status).toBe(200);
    expect(await consume(restored)).not.toContain(LOGIN);
    restored.events.clear();
    expect(await operatorCommand(restored, ['outbox.ts', 'restored'])).toMatchObject({ code: 0, error: '' });
    expect((await login(restored, early)).status).toBe(200);
    expect((await login(restored, early)).status).toBe(200);
    expect(await consume(restored)).toEqual([LOGIN, LOGIN]);
  } finally {
    await restored.stop();
  }
});
