/** Apps in Python and Go, and a proxy before a page that knows nothing: each signs a person in by its stock library. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/await-condition.ts';
import { newClient } from '../support/clients.ts';
import { browserOf, letIn, newTool } from '../support/devices.ts';
import { giveApp } from '../support/factors.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type PlainBrowser, plainBrowser } from '../support/plain-browser.ts';
import { type Service, startService } from '../support/service.ts';
import { passPages } from '../support/sign-in-pages.ts';
import { verifyAddress } from '../support/verified.ts';
import { exampleFile, goProgram, has, pythonWith } from './installed.ts';

let service: Service;
let person: Person;
beforeAll(async () => {
  service = await startService();
  person = await registerAndLogin(service);
  await verifyAddress(service, person.email);
});
afterAll(() => service.stop());

let running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running) child.kill();
  await Promise.all(running.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  running = [];
});

/** Starts an app, and resolves when it listens. */
async function start(program: string, args: string[], port: number, variables: Record<string, string>): Promise<void> {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...variables }, stdio: 'inherit' });
  running.push(child);
  await until(`${program} listens`, async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    return isOpen;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const register = (redirectPath: string) =>
  newClient(service, 'confidential', { redirect_uris: [`http://127.0.0.1${redirectPath}`] });

/** What a program prints that has a token in the name of a machine. */
async function machinesToken(program: string, args: string[]) {
  const { clientId, secret } = await newClient(service, 'machine', { scopes: ['essays:read', 'essays:write'] });
  const env = { PATH: process.env.PATH, ISSUER: service.url, CLIENT_ID: clientId, CLIENT_SECRET: secret };
  const claims = decodeJwt(await promisify(execFile)(program, args, { env }).then(({ stdout }) => stdout));
  expect(claims).toMatchObject({ sub: clientId, scope: 'essays:read' });
}

const signIn = async (browser: PlainBrowser, url: string) => passPages(browser, await browser.open(url), person);

describe.skipIf(!has.python)('Authlib, in Python', () => {
  let python: string;
  beforeAll(() => {
    python = pythonWith('python');
  });

  it('has a token in the name of a machine', () => machinesToken(python, [exampleFile('python/machine.py')]));

  it('signs a person in', async () => {
    const [port, client] = [await freePort(), await register('/callback')];
    await start(python, [exampleFile('python/app.py')], port, {
      ISSUER: service.url,
      CLIENT_ID: client.clientId,
      CLIENT_SECRET: client.secret,
      SESSION_KEY: randomBytes(32).toString('hex'),
      PORT: String(port),
    });
    const page = await signIn(plainBrowser(), `http://127.0.0.1:${port}/sign-in`);
    expect(JSON.parse(page.text)).toEqual({ signed_in: true, sub: person.userId, email: person.email });
  });
});

describe.skipIf(!has.go)('go-oidc, in Go', () => {
  let program: string;
  beforeAll(() => {
    program = goProgram('go');
  });

  it('has a token in the name of a machine', () => machinesToken(goProgram('go', './machine'), []));

  it('signs a person in', async () => {
    const [port, client] = [await freePort(), await register('/callback')];
    await start(program, [], port, {
      ISSUER: service.url,
      CLIENT_ID: client.clientId,
      CLIENT_SECRET: client.secret,
      BASE_URL: `http://127.0.0.1:${port}`,
      PORT: String(port),
    });
    const page = await signIn(plainBrowser(), `http://127.0.0.1:${port}/sign-in`);
    expect(JSON.parse(page.text)).toEqual({ signed_in: true, sub: person.userId, email: person.email });
  });
});

describe.skipIf(!has.go)('golang.org/x/oauth2, at a command line', () => {
  it('signs a person in who types its code elsewhere', async () => {
    const { clientId } = await newTool(service);
    const tool = spawn(goProgram('go', './device'), [], {
      env: { PATH: process.env.PATH, ISSUER: service.url, CLIENT_ID: clientId },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(tool);
    const lines: string[] = [];
    tool.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
    await until('it says its code', async () => lines.length > 0);
    const [page, user_code = ''] = lines[0]?.split(' ') ?? [];
    expect(page).toBe(`${service.url}/device`);
    await letIn(await browserOf(service, person), { user_code });
    await until('it is signed in', async () => lines.length > 1);
    expect(lines[1]).toBe(`signed in as ${person.email}`);
  });
});

describe.skipIf(!has.go)('oauth2-proxy', () => {
  let program: string;
  beforeAll(() => {
    program = goProgram('oauth2-proxy', 'tool');
  });

  /** @returns the address of a page behind it, and what the page sees of each request */
  async function wikiBehind(more: Record<string, string> = {}) {
    const seen: IncomingHttpHeaders[] = [];
    wiki = createServer((request, response) => {
      seen.push(request.headers);
      response.end('the wiki');
    }).listen(0, '127.0.0.1');
    await once(wiki, 'listening');
    const [port, client] = [await freePort(), await register('/oauth2/callback')];
    await start(program, ['--config', exampleFile('oauth2-proxy/oauth2-proxy.cfg')], port, {
      OAUTH2_PROXY_OIDC_ISSUER_URL: service.url,
      OAUTH2_PROXY_CLIENT_ID: client.clientId,
      OAUTH2_PROXY_CLIENT_SECRET: client.secret,
      OAUTH2_PROXY_COOKIE_SECRET: randomBytes(16).toString('hex'),
      // This one is not behind https.
      OAUTH2_PROXY_COOKIE_SECURE: 'false',
      OAUTH2_PROXY_REDIRECT_URL: `http://127.0.0.1:${port}/oauth2/callback`,
      OAUTH2_PROXY_HTTP_ADDRESS: `127.0.0.1:${port}`,
      OAUTH2_PROXY_UPSTREAMS: `http://127.0.0.1:${(wiki.address() as AddressInfo).port}/`,
      ...more,
    });
    return { url: `http://127.0.0.1:${port}/wiki`, seen };
  }
  let wiki: Server | undefined;
  afterEach(() => void wiki?.close());

  it('lets a person who signs in to a page that knows nothing of it, and nobody else', async () => {
    const { url, seen } = await wikiBehind();
    const browser = plainBrowser();
    expect(new URL((await browser.open(url)).url).origin).toBe(service.url);
    expect(seen).toEqual([]);
    expect((await signIn(browser, url)).text).toBe('the wiki');
    expect(seen[0]).toMatchObject({ 'x-forwarded-email': person.email, 'x-forwarded-user': person.userId });
  });

  it('S86: has a person who is signed in show a second factor first, in place', async () => {
    const { url } = await wikiBehind({ OAUTH2_PROXY_ACR_VALUES: 'phr urn:identity:acr:2' });
    const secured = await registerAndLogin(service);
    await verifyAddress(service, secured.email);
    const browser = plainBrowser();
    await passPages(browser, await browser.open(`${service.url}/sign-in`), secured);
    const app = await giveApp(service, secured.userId);
    const asked = await passPages(browser, await browser.open(url), secured);
    expect(asked.url.pathname).toBe('/second-factor');
    const shown = await browser.press(asked, 'submit', { code: app.code() });
    expect((await passPages(browser, shown, secured)).text).toBe('the wiki');
  });
});
