/** Keys that a client has at an address of its own. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { clientKey } from '../support/client-assertions.ts';
import { idOf, startedWith } from '../support/client-authentication.ts';
import { newClient } from '../support/clients.ts';
import { databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';

const { issuer } = defaultSettings;
const HOUR = 3_600_000;

let service: Service;
let database: Database;
let key: Awaited<ReturnType<typeof clientKey>>;
let rsa: typeof key;
beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
  key = await clientKey('one');
  rsa = await clientKey('rsa', 'RS256');
});
afterAll(() => service.stop());
afterEach(() => vi.useRealTimers());

let server: Server;
let uri: string;
let answer: () => object | null;
let asked = 0;
beforeAll(async () => {
  server = createServer((_, response) => {
    asked++;
    const body = answer();
    response.writeHead(body ? 200 : 503).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const withKeys = async (keys: unknown[]) => {
  answer = () => ({ keys });
  asked = 0;
  const { clientId } = await newClient(service, 'confidential', { jwks_uri: uri });
  const { assert } = startedWith(database, '/oauth/token', [new URL(uri).host]);
  return { assert: async (signer: typeof key) => idOf(await assert(await signer.sign(clientId, issuer))), clientId };
};

it('are fetched once, and again for a new one, once a minute at most', async () => {
  const { assert, clientId } = await withKeys([null, key.jwk, { kty: 'oct', k: 'AAAA' }]);
  expect(await assert(key)).toBe(clientId);
  expect(await assert(key)).toBe(clientId);
  expect(asked).toBe(1);
  answer = () => ({ keys: [key.jwk, rsa.jwk] });
  expect(await assert(rsa)).toBeNull();
  expect(asked).toBe(1);
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
  expect(await assert(rsa)).toBe(clientId);
  expect(await assert(rsa)).toBe(clientId);
  expect(asked).toBe(2);
});

it('are used further for an hour while the address does not answer; without any it is not the client’s fault', async () => {
  const { assert, clientId } = await withKeys([key.jwk]);
  expect(await assert(key)).toBe(clientId);
  answer = () => null;
  const begun = Date.now();
  vi.useFakeTimers({ now: begun + HOUR - 60_000, toFake: ['Date'] });
  expect(await assert(key)).toBe(clientId);
  vi.setSystemTime(begun + HOUR + 1);
  await expect(assert(key)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfter: 5 });
  expect(asked).toBe(3);
});

it('S78: are fetched from public addresses only', async () => {
  const { clientId } = await newClient(service, 'confidential', { jwks_uri: uri });
  await expect(startedWith(database).assert(await key.sign(clientId, issuer))).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
});
