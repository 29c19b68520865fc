/** What is fetched for somebody, from servers of this machine that stand for any. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Server as RawServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { fetchPublic, type Resolve } from '../../functions/runtime/fetch-public.ts';
import { certificateFor } from '../support/certificate.ts';

const bounds = { mostBytes: 1_000, patience: 5_000, accept: 'application/json' };
const servers: (Server | RawServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  vi.unstubAllEnvs();
});
// A worker's files share their modules: what these know of this environment goes with it.
afterAll(() => vi.resetModules());

async function listen<S extends Server | RawServer>(server: S): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const serve = (answer: RequestListener) => listen(createServer(answer));

/** Answers each call with the next of these, and counts. */
function resolver(...answers: string[][]) {
  const asked: string[] = [];
  const resolve: Resolve = async (name) => {
    const found = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { resolve, asked };
}

const PUBLIC = '93.184.215.14';

it.each([
  ['http://app.example/keys', 'only https:'],
  ['ftp://app.example/keys', 'only https:'],
  ['file:///etc/passwd', 'only https:'],
  ['https://user:secret@app.example/', 'not an address'],
  ['keys', 'not an address'],
  ['https://127.0.0.1/', 'at no public address'],
  ['https://2130706433/', 'at no public address'],
  ['https://0x7f.1/', 'at no public address'],
  ['https://[::1]/', 'at no public address'],
  ['https://[::ffff:169.254.169.254]/', 'at no public address'],
])('S78: does not ask %s', async (uri, reason) => {
  await expect(fetchPublic()(uri, bounds)).rejects.toThrow(reason);
});

it.each([[['10.0.0.7']], [['fd00:ec2::254']], [[PUBLIC, '10.0.0.7']], [['10.0.0.7', PUBLIC]]])(
  'S78: does not ask a name that is at %j',
  async (addresses) => {
    const { resolve } = resolver(addresses);
    await expect(fetchPublic(new Set(), resolve)('https://app.example/', bounds)).rejects.toThrow('no public address');
  },
);

it('S78: asks no name that has no address', async () => {
  await expect(fetchPublic(new Set(), resolver([]).resolve)('https://app.example/', bounds)).rejects.toThrow(
    'has no address',
  );
});

it('S78: connects to the address that was looked at, and resolves the name no second time', async () => {
  const port = await serve((request, response) => response.end(request.headers.host));
  // A rebinding name would be somewhere else the second time.
  const { resolve, asked } = resolver(['127.0.0.1'], ['192.0.2.1']);
  const fetch = fetchPublic(new Set([`rebound.example:${port}`]), resolve);
  const { body } = await fetch(`http://rebound.example:${port}/`, bounds);
  expect(body.toString()).toBe(`rebound.example:${port}`);
  expect(asked).toEqual(['rebound.example']);
});

it('S78: TLS still asks for the name, also where the address is given', async () => {
  const { cert, key } = certificateFor('app.example');
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, cert]);
  const port = await listen(createTlsServer({ cert, key }, (_, response) => response.end('found')));
  const { resolve } = resolver(['127.0.0.1']);
  const fetch = fetchPublic(new Set([`app.example:${port}`, `other.example:${port}`]), resolve);
  expect((await fetch(`https://app.example:${port}/`, bounds)).body.toString()).toBe('found');
  await expect(fetch(`https://other.example:${port}/`, bounds)).rejects.toThrow(/altnames|does not match/i);
  setDefaultCACertificates(before);
});

it('S78: what the local host may fetch is one host and port', async () => {
  const port = await serve((_, response) => response.end('found'));
  const fetch = fetchPublic(new Set([`127.0.0.1:${port}`]));
  expect((await fetch(`http://127.0.0.1:${port}/`, bounds)).body.toString()).toBe('found');
  const another = await serve((_, response) => response.end('found'));
  await expect(fetch(`http://127.0.0.1:${another}/`, bounds)).rejects.toThrow('only https:');
  await expect(fetch(`https://127.0.0.1:${another}/`, bounds)).rejects.toThrow('no public address');
});

it.each([
  ['http://localhost:3000', true],
  ['https://localhost:3000', true],
  ['https://id.school.example', false],
])('S78: LOCAL_FETCH_ALLOW counts where the issuer is %s: %s', async (issuer, counts) => {
  const port = await serve((_, response) => response.end('found'));
  vi.stubEnv('SETTINGS', '{}').stubEnv('ISSUER', issuer).stubEnv('LOCAL_FETCH_ALLOW', `127.0.0.1:${port}`);
  vi.resetModules();
  const { stageFetch } = await import('../../functions/stage/clients.ts');
  const fetched = stageFetch()(`http://127.0.0.1:${port}/`, bounds).then(
    () => true,
    () => false,
  );
  expect(await fetched).toBe(counts);
});

async function fetchFrom(answer: RequestListener, more: Partial<typeof bounds> = {}) {
  const port = await serve(answer);
  return fetchPublic(new Set([`127.0.0.1:${port}`]))(`http://127.0.0.1:${port}/a`, { ...bounds, ...more });
}

it('S78: follows no redirect', async () => {
  const paths: string[] = [];
  const fetched = fetchFrom((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(302, { location: '/b' }).end();
  });
  await expect(fetched).rejects.toThrow('answered 302');
  expect(paths).toEqual(['/a']);
});

it.each([201, 204, 304, 404, 500])('takes no answer %i', async (status) => {
  await expect(fetchFrom((_, response) => response.writeHead(status).end())).rejects.toThrow(`answered ${status}`);
});

it('S78: reads no answer beyond its bound, whatever length it names', async () => {
  const exact = await fetchFrom((_, response) => response.end('x'.repeat(1_000)));
  expect(exact.body).toHaveLength(1_000);
  let closed: Promise<unknown> = Promise.reject(new Error('never asked'));
  closed.catch(() => {});
  const endless = fetchFrom((_, response) => {
    closed = new Promise((resolve) => response.once('close', resolve));
    const more = () => response.write('x'.repeat(10_000), more);
    more();
  });
  await expect(endless).rejects.toThrow('more than 1000 bytes');
  // It hangs up.
  await closed;
});

it('S78: takes nothing that is packed', async () => {
  await expect(
    fetchFrom((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')),
  ).rejects.toThrow('encoding');
});

it.each<[string, RequestListener]>([
  ['does not begin', () => {}],
  ['does not end', (_, response) => response.write('{')],
])('S78: gives up an answer that %s', async (_, answer) => {
  await expect(fetchFrom(answer, { patience: 50 })).rejects.toThrow('no answer within 50 ms');
});

it('S78: gives up a name that is not resolved in time', async () => {
  const fetch = fetchPublic(new Set(), () => new Promise(() => {}));
  await expect(fetch('https://app.example/', { ...bounds, patience: 50 })).rejects.toThrow('no answer within 50 ms');
});

it('takes no answer that breaks off', async () => {
  const port = await listen(
    createRawServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort')),
  );
  const fetched = fetchPublic(new Set([`127.0.0.1:${port}`]))(`http://127.0.0.1:${port}/`, bounds);
  await expect(fetched).rejects.toThrow(/aborted|early/);
});
