/** Both servers of the local host, with requests that a page in a browser on this machine can send. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { secretsManagerService } from '../../../lib/local/aws/secrets-manager.ts';
import type { AwsService } from '../../../lib/local/aws/service.ts';
import { type Gateway, startGateway } from '../../../lib/local/gateway.ts';
import { functionSpec } from '../../support/function-files.ts';

let endpoint: Endpoint;
let gateway: Gateway;
const statements: unknown[] = [];
const rdsData: AwsService = {
  id: 'rds-data',
  operations: {
    ExecuteStatement({ sql }) {
      statements.push(sql);
      return {};
    },
  },
};
const route = {
  method: 'GET',
  path: '/healthz',
  summary: 'Anything',
  entry: 'functions/routes/any.ts',
  stack: 'documents',
  auth: 'none',
  throttle: { rate: 1, burst: 1 },
  may: [],
  memory: 128,
  bundleKiB: 1,
  answers: { 200: null },
} as const;

beforeAll(async () => {
  const control = async ({ path }: { path: string }) =>
    path === '/_local/mailbox' ? { status: 200, body: 'reset links' } : undefined;
  endpoint = await startEndpoint({ port: 0, services: [rdsData, secretsManagerService()], control });
  gateway = await startGateway({
    port: 0,
    hostNames: ['id.school.example'],
    functions: [functionSpec('healthz', {}, [{ kind: 'http', route }])],
  });
  gateway.serve(async () => ({ ok: true, result: { statusCode: 200 } }));
});
afterAll(() => Promise.all([endpoint.close(), gateway.close()]));
beforeEach(() => statements.splice(0));

/** The status of the answer to a request written by hand, as fetch sets Host itself. */
async function statusOf(port: number, lines: readonly string[], body = ''): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${[...lines, 'Connection: close', `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]);
}

const servers = [
  { server: 'AWS endpoint', path: '/_local/mailbox', port: () => endpoint.port },
  { server: 'gateway', path: '/healthz', port: () => Number(new URL(gateway.url).port) },
];

describe.each(servers)('S73: the $server', ({ path, port }) => {
  const hosted = (host: string) => statusOf(port(), [`GET ${path} HTTP/1.1`, `Host: ${host}`]);

  it.each([
    'localhost',
    'LocalHost',
    'localhost.',
    'localhost:3000',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]',
    '[::1]:4566',
  ])('answers as %s', async (host) => {
    expect(await hosted(host)).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:4566',
    'localhost.evil.example',
    'evil.example#localhost',
    'localhost@evil.example',
    'evil.localhost',
    'localhost..',
    '127.0.0.1.evil.example',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.2',
    '0.0.0.0',
    '[::]',
    '[::ffff:127.0.0.1]',
    '::1',
    'localhost:evil',
    '',
  ])('is not %j', async (host) => {
    expect(await hosted(host)).toBe(421);
  });

  it('needs a host, and only one', async () => {
    expect(await statusOf(port(), [`GET ${path} HTTP/1.1`])).toBe(400);
    expect(await statusOf(port(), [`GET ${path} HTTP/1.0`])).toBe(421);
    expect(await statusOf(port(), [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Host: evil.example'])).toBe(421);
  });

  it('looks at the host that a target in absolute form names', async () => {
    const asked = (target: string) => statusOf(port(), [`GET ${target}${path} HTTP/1.1`, 'Host: localhost']);
    expect(await asked('http://evil.example')).toBe(421);
  });
});

describe('S73: the gateway', () => {
  it('answers as the name that links lead to, and to a page of another origin: its function says what that may read', async () => {
    const { port } = new URL(gateway.url);
    const asked = (...lines: string[]) => statusOf(Number(port), ['GET /healthz HTTP/1.1', ...lines]);
    expect(await asked('Host: id.school.example')).toBe(200);
    expect(await asked('Host: localhost', 'Origin: https://app.example', 'Sec-Fetch-Site: cross-site')).toBe(200);
  });
});

describe('S73: the AWS endpoint', () => {
  const execute = (...lines: string[]) =>
    statusOf(
      endpoint.port,
      ['POST /Execute HTTP/1.1', `Host: localhost:${endpoint.port}`, 'Content-Type: text/plain', ...lines],
      '{"sql":"drop table users"}',
    );

  it('takes what the SDK sends', async () => {
    expect(await execute()).toBe(200);
    expect(statements).toEqual(['drop table users']);
  });

  it.each([
    'Origin: https://evil.example',
    'Origin: null',
    'Origin: http://localhost:3000',
    'Origin: http://localhost',
    'Origin: https://localhost:4566',
    'Origin: ',
    'Sec-Fetch-Site: cross-site',
    'Sec-Fetch-Site: same-site',
    'Sec-Fetch-Site: anything-new',
  ])('does nothing for a foreign page: %s', async (line) => {
    expect(await execute(line)).toBe(403);
    expect(statements).toEqual([]);
    for (const request of ['GET /_local/mailbox', 'POST /_local/run/sweep', 'DELETE /_local/faults']) {
      expect(await statusOf(endpoint.port, [`${request} HTTP/1.1`, `Host: localhost:${endpoint.port}`, line])).toBe(
        403,
      );
    }
  });

  it.each(['Host: evil.example', 'Host: localhost\r\nOrigin: https://evil.example'])(
    'refuses a page before it reads anything that the page sends: %j',
    async (lines) => {
      const socket = connect(endpoint.port, '127.0.0.1');
      socket.write(`POST /Execute HTTP/1.1\r\n${lines}\r\nContent-Length: 4000000000\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1\.1 4(03|21) /);
      socket.destroy();
    },
  );

  it.each(['none', 'same-origin'])('shows the mailbox to a person who opens it: Sec-Fetch-Site: %s', async (site) => {
    const lines = ['GET /_local/mailbox HTTP/1.1', 'Host: localhost', `Sec-Fetch-Site: ${site}`];
    expect(await statusOf(endpoint.port, lines)).toBe(200);
  });

  it('knows its own origin', async () => {
    const host = `LOCALHOST:${endpoint.port}`;
    const lines = ['GET /_local/mailbox HTTP/1.1', `Host: ${host}`, `Origin: http://${host.toLowerCase()}`];
    expect(await statusOf(endpoint.port, lines)).toBe(200);
  });

  it('listens on loopback only', () => {
    expect(new URL(endpoint.url).hostname).toBe('127.0.0.1');
  });
});
