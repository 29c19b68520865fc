/** What the gateway listens on: both loopback addresses, by http or https. */
import { once } from 'node:events';
import { request } from 'node:https';
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, type GatewayOptions, startGateway } from '../../../lib/local/gateway.ts';
import { type Certificate, certificateFor } from '../../support/certificate.ts';
import { eventOf, functions, useGateway } from './thing-gateway.ts';

useGateway();

let certificate: Certificate;
let hasIpv6: boolean;
beforeAll(async () => {
  certificate = certificateFor('localhost');
  hasIpv6 = await listening(0, '::1').then(
    (server) => !!server.close(),
    () => false,
  );
});

let started: Gateway[] = [];
afterEach(async () => {
  await Promise.all(started.map((gateway) => gateway.close()));
  started = [];
});

async function start(options: Partial<GatewayOptions> = {}): Promise<Gateway & { port: number }> {
  const gateway = await startGateway({ port: 0, functions, ...options });
  started.push(gateway);
  return { ...gateway, port: Number(new URL(gateway.url).port) };
}

async function listening(port: number, host: string): Promise<Server> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return server;
}

describe('the gateway', () => {
  it('is localhost, the name that can be a relying party id, and answers at both of its addresses', async () => {
    const { url, port } = await start();
    expect(url).toBe(`http://localhost:${port}`);
    for (const host of ['localhost', '127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])]) {
      expect((await fetch(`http://${host}:${port}/things/1`)).status, host).toBe(503);
    }
  });

  // Linux has all of 127.0.0.0/8: a server that listens everywhere would answer.
  it.runIf(process.platform === 'linux')('S73: listens nowhere else', async () => {
    const { port } = await start();
    const [error] = await once(connect(port, '127.0.0.2'), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('leaves no address of its port to another program', async ({ skip }) => {
    if (!hasIpv6) skip();
    const other = await listening(0, '::1');
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toThrow(`The gateway cannot listen on [::1]:${port}: the port is in use`);
    other.close();
    // The address that was taken first is free again.
    expect((await start({ port })).port).toBe(port);
  });
});

describe('with a certificate, the gateway', () => {
  const startTls = () => start({ tls: { cert: Buffer.from(certificate.cert), key: Buffer.from(certificate.key) } });

  it('is https, and asks nobody to refuse http at other ports of localhost', async () => {
    const { url, serve, port } = await startTls();
    expect(url).toBe(`https://localhost:${port}`);
    const events: { headers: Record<string, string> }[] = [];
    serve(async (_, event) => {
      events.push(event as (typeof events)[number]);
      return { ok: true, result: { statusCode: 200, headers: { 'strict-transport-security': 'max-age=63072000' } } };
    });
    const answer = request(`${url}/things/1`, { ca: certificate.cert }).end();
    const [{ statusCode, headers }] = await once(answer, 'response');
    expect([statusCode, headers['strict-transport-security']]).toEqual([200, 'max-age=0']);
    expect(events[0]?.headers).toMatchObject({ 'x-forwarded-proto': 'https', host: `localhost:${port}` });
    expect((await eventOf('/things/1')).headers['x-forwarded-proto']).toBe('http');
  });

  it.each([
    ['TLSv1.3', 'TLS_AES_256_GCM_SHA384', true],
    ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256', false],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256', true],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-SHA256', false],
    ['TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305', false],
  ] as const)('with %s and %s: %s', async (version, ciphers, taken) => {
    const { port } = await startTls();
    const socket = connectTls({ port, minVersion: version, maxVersion: version, ciphers, rejectUnauthorized: false });
    const outcome = await once(socket, 'secureConnect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    expect(outcome).toBe(taken);
  });

  it('answers nothing to plain http', async () => {
    const { port } = await startTls();
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await text(socket).catch(() => '')).not.toContain('HTTP/1.1 2');
  });
});
