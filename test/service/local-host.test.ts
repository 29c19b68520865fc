/** `npm start` as a user runs it: a process of its own, with its own ports and its own folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repoRoot } from '../../lib/build/folders.ts';
import { until } from '../support/await-condition.ts';
import { certificateFor } from '../support/certificate.ts';
import { scriptVariables } from '../support/script.ts';

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  readonly stdout: string[];
  stderr(): string;
}

const READY = /^Identity service ready on (https?:\/\/localhost:\d+)$/;
let directory: string;
let running: ChildProcess[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-host-'));
  running = [];
});
afterEach(async () => {
  for (const child of running) child.kill('SIGTERM');
  await Promise.all(running.map(ended));
  await rm(directory, { recursive: true, force: true });
});

function run(variables: Record<string, string> = {}, args: string[] = []): ChildProcess {
  const child = spawn(process.execPath, ['bin/local.ts', ...args], {
    cwd: repoRoot,
    env: { ...scriptVariables(), PORT: '0', AWS_PORT: '0', LOCAL_DIR: directory, RATE_LIMITS: 'off', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process that hangs is ended before its test's time is over.
    timeout: 250_000,
    killSignal: 'SIGKILL',
  });
  running.push(child);
  return child;
}

/** Resolves with the ready line's URL; rejects with the process's output if it ends before. */
async function start(variables?: Record<string, string>, args?: string[]): Promise<Started> {
  const child = run(variables, args);
  const stdout: string[] = [];
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const { promise, resolve, reject } = Promise.withResolvers<Started>();
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    stdout.push(line);
    const url = READY.exec(line)?.[1];
    if (url) resolve({ process: child, url, stdout, stderr: () => said });
  });
  child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  return promise;
}

async function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

/** Runs to the end, for a start that must fail. */
async function failure(variables: Record<string, string>, args?: string[]) {
  const child = run(variables, args);
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await ended(child);
  return { code, stderr };
}

/** The process id of the server that holds the data, while there is one. */
const serverLock = () => join(directory, 'postgres', 'data', 'postmaster.pid');

const person = { email: 'ada@example.com', password: 'a long enough password 7' };

/** @param ca the certificate that the server has; its name is not looked at when it is asked by its address */
async function ask(address: string, ca?: string, body?: object): Promise<IncomingMessage> {
  const tls = { ca, checkServerIdentity: () => undefined };
  const how = { method: body ? 'POST' : 'GET', headers: { 'content-type': 'application/json' } };
  const asked = address.startsWith('https:') ? overTls(address, { ...how, ...tls }) : overHttp(address, how);
  const [answer] = await once(asked.end(body && JSON.stringify(body)), 'response');
  return answer;
}

async function statusOf(address: string, ca?: string, body?: object): Promise<number | undefined> {
  const answer = await ask(address, ca, body);
  answer.resume();
  return answer.statusCode;
}

async function documentBy(address: string, ca: string): Promise<Record<string, string>> {
  return JSON.parse(await text(await ask(address, ca)));
}

// Each start takes seconds of both cores, so tests go through several states of one.
describe('npm start', { timeout: 300_000 }, () => {
  it('stops at once while it starts, keeps its data through every end, begins anew over https, and ends when PostgreSQL does', async () => {
    const early = run();
    await once(early, 'spawn');
    early.kill('SIGTERM');
    expect(['SIGTERM', 0]).toContain(await ended(early));

    let jwks: unknown;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
      const { process: host, url } = await start();
      if (!jwks) expect(await statusOf(`${url}/v1/auth/register`, undefined, person)).toBe(201);
      const keys = await (await fetch(`${url}/.well-known/jwks.json`)).json();
      jwks ??= keys;
      expect(keys).toEqual(jwks);
      expect(await statusOf(`${url}/v1/auth/login`, undefined, person)).toBe(200);
      host.kill(signal);
      // A terminal and npm each pass the signal on: the second must not cut the stop short.
      host.kill(signal);
      expect(await ended(host)).toBe(signal === 'SIGKILL' ? signal : 0);
      await expect(fetch(url)).rejects.toThrow();
      // After a host was killed, the watchdog stops the server.
      if (signal === 'SIGKILL') await until('PostgreSQL has gone', () => !existsSync(serverLock()));
      expect(existsSync(serverLock())).toBe(false);
    }

    // The last start is a fresh one, over https.
    const { cert, key } = certificateFor('localhost');
    const files = { TLS_CERT: join(directory, 'cert.pem'), TLS_KEY: join(directory, 'key.pem') };
    await writeFile(files.TLS_CERT, cert);
    await writeFile(files.TLS_KEY, key);
    const { process: host, url, stdout, stderr } = await start(files, ['--fresh']);
    expect(await statusOf(`${url}/v1/auth/login`, cert, person)).toBe(401);
    const { issuer, jwks_uri } = await documentBy(`${url}/.well-known/openid-configuration`, cert);
    expect({ issuer, jwks_uri }).toEqual({ issuer: url, jwks_uri: `${url}/.well-known/jwks.json` });
    // By whichever name it is asked, it is the issuer.
    const byAddress = url.replace('localhost', '127.0.0.1');
    expect(await documentBy(`${byAddress}/.well-known/openid-configuration`, cert)).toMatchObject({ issuer });

    const isLast = () => stdout.some((line) => line.includes('Events on the bus'));
    await until('the addresses are printed', isLast);
    const addresses = stdout.flatMap((line) => /^ {2}\S.*? {2,}(https?:\/\/\S+)$/.exec(line)?.[1] ?? []);
    expect(addresses).toContain(`${url}/.well-known/openid-configuration`);
    for (const address of addresses) {
      // Nobody is signed in at the account's pages.
      expect(await statusOf(address, cert), address).toBe(address.endsWith('/account') ? 303 : 200);
    }

    // The other lines are the functions', as JSON.
    const lines = stdout.filter((line) => !READY.test(line) && !line.startsWith('  ')).map((line) => JSON.parse(line));
    const document = { function: 'well-known-openid-configuration', message: 'request', status: 200 };
    expect(lines).toContainEqual(expect.objectContaining(document));

    const [server = ''] = (await readFile(serverLock(), 'utf8')).split('\n');
    process.kill(Number(server), 'SIGKILL');
    expect(await ended(host)).toBe(1);
    expect(stderr()).toMatch(/^PostgreSQL [^\n]*SIGKILL[^\n]*\n$/);
  });
});

describe('an impossible start', () => {
  const oneLine = (text: string) => expect(text).toMatch(/^[^\n]+\n$/);

  it.each(['PORT', 'AWS_PORT'])('with a %s in use ends with one line', async (variable) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, stderr } = await failure({ [variable]: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port}: the port is in use`);
    oneLine(stderr);
  });

  it('with a file as its folder ends with one line', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const { code, stderr } = await failure({ LOCAL_DIR: file });
    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot use ${file} (LOCAL_DIR)`);
    oneLine(stderr);
  });

  // Node's own recursive mkdir never returns there, and only SIGKILL ends it.
  it.runIf(existsSync('/proc'))('with a folder that cannot be made ends with one line', async () => {
    const { code, stderr } = await failure({ LOCAL_DIR: '/proc/nope' });
    expect([code, stderr]).toEqual([
      1,
      "Cannot use /proc/nope (LOCAL_DIR): ENOENT: no such file or directory, mkdir '/proc/nope'\n",
    ]);
  });

  it('with a variable that makes no sense ends with one line', async () => {
    const { code, stderr } = await failure({ RATE_LIMITS: 'perhaps' });
    expect([code, stderr]).toEqual([1, 'RATE_LIMITS must be on or off, not "perhaps"\n']);
  });
});
