import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type Postgres, type PostgresServer, startPostgres } from '../../lib/local/postgres.ts';
import { until } from '../support/await-condition.ts';
import { killWithWatchdog, lives, startElsewhere } from '../support/postgres-process.ts';

let parent: string;
let directory: string;
/** A folder whose first start is over: to make the data takes twenty times as long as to copy them. */
let initialized: string;
const started: Postgres[] = [];
const processes: ChildProcess[] = [];

/** If root runs the tests, PostgreSQL runs as another account. */
async function reachableFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  await chmod(folder, 0o711);
  return folder;
}

beforeAll(async () => {
  initialized = join(await reachableFolder(), 'data here');
  await (await startPostgres({ directory: initialized, durable: false })).stop();
});
afterAll(() => rm(dirname(initialized), { recursive: true, force: true }));
beforeEach(async () => {
  parent = await reachableFolder();
  directory = join(parent, 'data here');
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((postgres) => postgres.stop()));
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  await rm(parent, { recursive: true, force: true });
});

/** Continues from a first start. */
function copyInitialized(): void {
  // Node's own copy gives the files to another owner.
  execFileSync('cp', ['-a', initialized, directory]);
}

async function start(options: Partial<Parameters<typeof startPostgres>[0]> = {}): Promise<Postgres> {
  const postgres = await startPostgres({ directory, durable: false, ...options });
  started.push(postgres);
  return postgres;
}

async function query(server: PostgresServer, sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ ...server, ...server.superuser, database });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = async () => Number.parseInt(await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8'), 10);
async function elsewhere() {
  const started = await startElsewhere(directory);
  processes.push(started.process);
  return started;
}

const isRoot = process.getuid?.() === 0;

describe('PostgreSQL', () => {
  it('is version 18, UTF-8, sorted by code point, on loopback, in UTC', async () => {
    copyInitialized();
    const postgres = await start();
    const [row] = await query(
      postgres,
      `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_encoding') as encoding,
        current_setting('listen_addresses') as listens, current_setting('timezone') as timezone,
        'Z' < 'a' as by_code_point, upper('å') = 'Å' as knows_letters`,
    );
    expect(row).toEqual({
      version: 18,
      encoding: 'UTF8',
      listens: '127.0.0.1',
      timezone: 'UTC',
      by_code_point: true,
      knows_letters: true,
    });
  });

  it('keeps committed data safe from a crash of the machine, unless set otherwise', async () => {
    copyInitialized();
    const settings = "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit";
    const durable = await start({ durable: true });
    expect(await query(durable, settings)).toEqual([{ fsync: 'on', commit: 'on' }]);
    await durable.stop();
    expect(await query(await start(), settings)).toEqual([{ fsync: 'off', commit: 'off' }]);
  });

  it('finds the data of the start before, and none after a fresh one', async () => {
    copyInitialized();
    const first = await start();
    await query(first, 'create table kept (n int)');
    await first.stop();
    const second = await start();
    expect(second.superuser).toEqual(first.superuser);
    expect(await query(second, 'select * from kept')).toEqual([]);
    await second.stop();
    await expect(query(await start({ fresh: true }), 'select * from kept')).rejects.toThrow('does not exist');
  });

  it('begins again after an interrupted first start', async () => {
    await mkdir(join(directory, 'initializing', 'base'), { recursive: true });
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('lets nobody in without the password, which only its owner can read', async () => {
    expect((await stat(initialized)).mode & 0o777).toBe(0o700);
    copyInitialized();
    const postgres = await start();
    const stranger = { ...postgres, superuser: { user: 'postgres', password: 'postgres' } };
    await expect(query(stranger, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(directory, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('writes nowhere else', async () => {
    expect(await readdir(dirname(initialized))).toEqual(['data here']);
    copyInitialized();
    const postgres = await start();
    expect(await readdir(parent)).toEqual(['data here']);
    expect(await query(postgres, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
  });

  it('takes the given port, and reports that it is in use', async () => {
    copyInitialized();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await expect(start({ port })).rejects.toThrow(/^PostgreSQL did not start: [^\n]*Address already in use[^\n]*$/);
    taken.close();
    await once(taken, 'close');
    expect((await start({ port })).port).toBe(port);
  });

  it('reports why it cannot use its folder', async () => {
    await writeFile(directory, 'a file');
    await expect(start()).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  it.runIf(isRoot)(
    'keeps its data for root below a folder that others cannot read, and stops an orphan there',
    async () => {
      copyInitialized();
      await chmod(parent, 0o700);
      const other = await elsewhere();
      expect(await query(other.server, 'create table kept as select 1 as n')).toEqual([]);
      const pid = await serverPid();
      await expect(start()).rejects.toThrow(/in use by process/);
      killWithWatchdog(other.process, pid);
      await once(other.process, 'exit');

      expect(await query(await start(), 'select n from kept')).toEqual([{ n: 1 }]);
      expect(lives(pid)).toBe(false);
      expect((await stat(join(directory, 'data'))).uid).not.toBe(0);
    },
  );
});

describe('createDatabase', () => {
  beforeEach(copyInitialized);

  it('makes a database, empty or as a copy, whatever its name', async () => {
    const postgres = await start();
    await createDatabase(postgres, 'a "template"');
    await query(postgres, 'create table t as select 1 as n', 'a "template"');
    await query(postgres, 'create role keeper');
    await createDatabase(postgres, 'a copy', { template: 'a "template"', owner: 'keeper' });
    expect(await query(postgres, 'select n from t', 'a copy')).toEqual([{ n: 1 }]);
    await expect(createDatabase(postgres, 'a copy')).rejects.toMatchObject({ code: '42P04' });
    const owner = "select pg_get_userbyid(datdba) as owner from pg_database where datname = 'a copy'";
    expect(await query(postgres, owner)).toEqual([{ owner: 'keeper' }]);
  });
});

describe('its end', () => {
  beforeEach(copyInitialized);

  it('follows a stop, with connections or without, and is no failure', async () => {
    const postgres = await start();
    const failures: Error[] = [];
    postgres.onExit((error) => failures.push(error));
    const pid = await serverPid();
    const held = new pg.Client({ ...postgres, ...postgres.superuser, database: 'postgres' });
    held.on('error', () => {});
    await held.connect();
    await postgres.stop();
    await postgres.stop();
    expect(lives(pid)).toBe(false);
    expect(failures).toEqual([]);
  });

  it('by itself is reported in one line', async () => {
    const postgres = await start();
    const failure = new Promise<Error>((resolve) => postgres.onExit(resolve));
    process.kill(await serverPid(), 'SIGKILL');
    const { message } = await failure;
    expect(message).toMatch(/^PostgreSQL has ended by SIGKILL: .*postgres\.log\)$/);
    expect(message).not.toContain('\n');
  });

  it('follows the end of the process that started it, however hard that was', async () => {
    const other = await elsewhere();
    const pid = await serverPid();
    other.process.kill('SIGKILL');
    await until('the server has gone', () => !lives(pid));
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is caused by the next start if it did not follow', async () => {
    const other = await elsewhere();
    await query(other.server, 'create table kept (n int)');
    const pid = await serverPid();
    killWithWatchdog(other.process, pid);
    await once(other.process, 'exit');
    expect(await query(other.server, 'select * from kept')).toEqual([]);

    expect(await query(await start(), 'select * from kept')).toEqual([]);
    expect(lives(pid)).toBe(false);
  });

  it('is not caused while the process that started it lives', async () => {
    const other = await elsewhere();
    const message = new RegExp(`^The database in .* is in use by process ${other.process.pid}$`);
    await expect(start()).rejects.toThrow(message);
    await expect(start({ fresh: true })).rejects.toThrow(message);
    expect(await query(other.server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is not caused for another process that has the number in an old lock file', async () => {
    await (await start()).stop();
    const stranger = spawn('sleep', ['60']);
    processes.push(stranger);
    await writeFile(join(directory, 'data', 'postmaster.pid'), `${stranger.pid}\n${directory}/data\n`);
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(lives(stranger.pid ?? 0)).toBe(true);
  });
});
