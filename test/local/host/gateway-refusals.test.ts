/** Answers of the gateway itself: refusals of what is too large or malformed. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { call, eventOf, gateway, raw, useGateway, world } from './thing-gateway.ts';

useGateway();

describe('CORS', () => {
  it('is what functions say of it', async () => {
    const headers = { 'access-control-allow-origin': 'https://app.example' };
    world.answer = () => ({ ok: true, result: { statusCode: 204, headers } });
    const told = await call('/things/1', { headers: { origin: 'https://app.example' } });
    expect(told.headers.get('access-control-allow-origin')).toBe('https://app.example');
    const own = await call('/nowhere', { headers: { origin: 'https://app.example' } });
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([404, null]);
  });
});

describe('what is too large or malformed', () => {
  it('is 413 for a body over 10 MB, however it is sent', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
    const response = await call('/things', { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
    const streamed = await call('/things', {
      method: 'POST',
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
    expect(world.invoked).toEqual([]);
  });

  it('is 413 for a body that Lambda does not take', async () => {
    world.answer = () => ({ ok: false, error: { errorType: 'RequestEntityTooLargeException', errorMessage: '' } });
    expect((await call('/things', { method: 'POST', body: 'x' })).status).toBe(413);
  });

  it('is 431 for headers over 10 KiB', async () => {
    const reply = await raw(`GET /things/1 HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.each([
    'nonsense\r\n\r\n',
    'GET / HTTP/9\r\n\r\n',
    'GET /things/1 HTTP/1.1\r\n\r\n',
    'GET \u0000 HTTP/1.1\r\n\r\n',
  ])('is 400 for what is not HTTP: %j', async (bytes) => {
    expect(await raw(bytes)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('reaches the function if its percent signs encode nothing', async () => {
    expect((await eventOf('/things/%zz%')).pathParameters).toEqual({ id: '%zz%' });
  });

  it('survives a client that leaves in the middle of its body', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write('POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
    await once(socket, 'close');
    expect((await call('/things/1')).status).toBe(204);
    expect(world.invoked.map(({ name }) => name)).toEqual(['get-thing']);
  });
});
