/** How clients show who they are, on the database and the memory that functions have of it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuthenticatedClient, ClientCredentials } from '../../functions/domain/client-credentials.ts';
import { hashSecret, newClientSecret } from '../../functions/domain/client-secret.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import { clientAuthentication } from '../../functions/flows/authenticate-client.ts';
import { fetchPublic } from '../../functions/runtime/fetch-public.ts';
import { rememberedClients, remoteKeys } from '../../functions/stage/clients.ts';
import { removeClient } from '../../functions/store/clients.ts';
import type { Database } from '../../functions/store/database.ts';
import { findClient } from '../../functions/store/find-clients.ts';
import { spendAssertion } from '../../functions/store/used-assertions.ts';
import { clientKey } from '../support/client-assertions.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings as settings } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';

const { issuer } = settings;
const TOKEN = `${issuer}/oauth/token`;
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

/** A function that has just started. */
function started(endpoint = '/oauth/token', allowed: readonly string[] = []) {
  let reads = 0;
  const find = rememberedClients((id) => {
    reads++;
    return findClient(database, id);
  });
  const keysAt = remoteKeys(fetchPublic(new Set(allowed)));
  const authenticate = clientAuthentication({ clients: { find, keysAt }, settings }, endpoint);
  return {
    reads: () => reads,
    show: (credentials: ClientCredentials) => authenticate(credentials, new Date()),
    assert: (assertion: string, clientId?: string) =>
      authenticate({ method: 'private_key_jwt', assertion, ...(clientId ? { clientId } : {}) }, new Date()),
  };
}
const withSecret = ({ clientId, secret }: Pick<TestClient, 'clientId' | 'secret'>): ClientCredentials => ({
  method: 'client_secret_basic',
  clientId,
  clientSecret: secret,
});
const idOf = (found: AuthenticatedClient | null) => found?.client.client_id ?? null;
const keyed = (more: object = {}) =>
  newClient(service, 'confidential', { jwks: { keys: [key.jwk, rsa.jwk] }, ...more });
const give = (clientId: string, secret: string, endsIn: number | null) =>
  service.sql(
    `insert into client_secrets (secret_id, client_id, secret_hash, created_at, expires_at)
    values (gen_random_uuid(), $1, $2, now(), now() + $3 * interval '1 millisecond')`,
    [clientId, hashSecret(secret), endsIn],
  );

describe('by a secret', () => {
  it('S77: two count at once while one takes the place of the other, and none after its end', async () => {
    const client = await newClient(service, 'confidential');
    const [ending, ended] = [newClientSecret(), newClientSecret()];
    await give(client.clientId, ending, HOUR);
    await give(client.clientId, ended, -1);
    const { show } = started();
    for (const secret of [client.secret, ending])
      expect(idOf(await show(withSecret({ ...client, secret })))).not.toBeNull();
    for (const secret of [ended, '', 'cs_', `${client.secret}x`, client.secret.slice(1)]) {
      expect(await show(withSecret({ ...client, secret }))).toBeNull();
    }
  });

  it('keeps no secret, only its hash', async () => {
    const { secret } = await newClient(service, 'confidential');
    expect(secret).toMatch(/^cs_[\w-]{43}$/);
    expect(await service.dump()).not.toContain(secret);
  });

  it('refuses each way but the one that the client has', async () => {
    const { show } = started();
    const [open, closed, signs] = [
      await newClient(service, 'public'),
      await newClient(service, 'confidential'),
      await keyed(),
    ];
    expect(idOf(await show({ method: 'none', clientId: open.clientId }))).toBe(open.clientId);
    expect(await show({ method: 'none', clientId: closed.clientId })).toBeNull();
    expect(await show({ method: 'none', clientId: signs.clientId })).toBeNull();
    expect(await show(withSecret({ ...open, secret: '' }))).toBeNull();
    expect(await show(withSecret({ ...signs, secret: '' }))).toBeNull();
    expect(await started().assert(await key.sign(closed.clientId, issuer))).toBeNull();
    expect(await show({ method: 'none', clientId: 'nobody' })).toBeNull();
  });
});

describe('in memory', () => {
  it('asks once a minute, and knows a client that was removed within it', async () => {
    const client = await newClient(service, 'confidential');
    const { show, reads } = started();
    for (let i = 0; i < 3; i++) expect(await show(withSecret(client))).not.toBeNull();
    expect(reads()).toBe(1);
    await removeClient(database, 'operator', { ...client, source: 'command' }, contextAt(new Date()));
    expect(await show(withSecret(client))).not.toBeNull();
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    expect(await show(withSecret(client))).toBeNull();
    expect(reads()).toBe(2);
  });

  it('knows a new secret at once, and asks no more for guesses', async () => {
    const client = await newClient(service, 'confidential');
    const { show, reads } = started();
    await show(withSecret(client));
    const secret = newClientSecret();
    await give(client.clientId, secret, null);
    vi.useFakeTimers({ now: Date.now() + 3_000, toFake: ['Date'] });
    expect(await show(withSecret({ ...client, secret }))).not.toBeNull();
    for (let i = 0; i < 5; i++) expect(await show(withSecret({ ...client, secret: `guess ${i}` }))).toBeNull();
    expect(reads()).toBe(2);
  });

  it('knows a client that was not there a moment ago', async () => {
    const { show } = started();
    const clientId = 'not-yet' as ClientId;
    expect(await show({ method: 'none', clientId })).toBeNull();
    await newClient(service, 'public', { clientId });
    expect(await show({ method: 'none', clientId })).not.toBeNull();
  });
});

describe('S77: an assertion', () => {
  it('is taken by any key of the client, meant for the issuer, the token endpoint, or the endpoint that it is at', async () => {
    const { clientId } = await keyed();
    const { assert } = started('/oauth/par');
    for (const signer of [key, rsa]) {
      for (const audience of [issuer, TOKEN, `${issuer}/oauth/par`, [issuer, TOKEN]]) {
        expect(idOf(await assert(await signer.sign(clientId, audience)))).toBe(clientId);
      }
    }
    expect(idOf(await assert(await key.sign(clientId, issuer), clientId))).toBe(clientId);
    expect(idOf(await assert(await key.sign(clientId, issuer, {}, { kid: undefined })))).toBe(clientId);
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, object, unknown?]>([
    ['another issuer', { iss: 'another' }],
    ['another subject', { sub: 'another' }],
    ['another client', { iss: 'another', sub: 'another' }],
    ['an issuer that no database holds', { iss: 'a\0', sub: 'a\0' }],
    ['no audience', { aud: undefined }],
    ['an empty audience', {}, []],
    ['another audience', {}, 'https://other.example'],
    ['another audience beside ours', {}, [issuer, 'https://other.example']],
    ['the issuer with a slash', {}, `${issuer}/`],
    ['another endpoint', {}, `${issuer}/oauth/par`],
    ['no end', { exp: undefined }],
    ['an end in the past', { exp: now() - 60, iat: now() - 120 }],
    ['an end in six minutes', { exp: now() + 360, iat: undefined }],
    ['more than five minutes in all', { iat: now() - 300, exp: now() + 60 }],
    ['a beginning in the future', { iat: now() + 120, exp: now() + 180 }],
    ['a time before which it is not valid', { nbf: now() + 120 }],
    ['no jti', { jti: undefined }],
    ['an empty jti', { jti: '' }],
    ['a jti that is a number', { jti: 7 }],
  ])('is refused with %s', async (_, over, audience = issuer) => {
    const { clientId } = await keyed();
    const claims = { ...over, ...('aud' in over ? {} : { aud: audience }) };
    expect(await started().assert(await key.sign(clientId, audience, claims))).toBeNull();
  });

  it('is refused where it is no signature of a key of the client', async () => {
    const { clientId } = await keyed({ jwks: { keys: [key.jwk] } });
    const { assert } = started();
    const good = await key.sign(clientId, issuer);
    const [header, payload] = good.split('.');
    const unsecured = new UnsecuredJWT({ jti: 'a' }).setIssuer(clientId).setSubject(clientId).setAudience(issuer);
    for (const assertion of [
      await rsa.sign(clientId, issuer),
      await rsa.sign(clientId, issuer, {}, { kid: 'one' }),
      await (await clientKey('one')).sign(clientId, issuer),
      await key.sign(clientId, issuer, {}, { kid: 'two' }),
      unsecured.setExpirationTime('1m').encode(),
      `${header}.${payload}.`,
      `${good}x`,
      'a.b.c',
      '',
    ]) {
      expect(await assert(assertion)).toBeNull();
    }
    expect(await assert(good, 'another')).toBeNull();
    expect(idOf(await assert(good))).toBe(clientId);
  });

  it('counts once, also of twenty at once, and again when its own statement is sent again', async () => {
    const { clientId } = await keyed();
    const assertion = await key.sign(clientId, issuer, { jti: 'the same' });
    const { assert } = started();
    const shown = await Promise.all(Array.from({ length: 20 }, () => assert(assertion)));
    const outcomes = await Promise.all(shown.map((one) => spendAssertion(database, clientId, one?.assertion ?? null)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const first = shown[outcomes.indexOf(true)]?.assertion ?? null;
    expect(await spendAssertion(database, clientId, first)).toBe(true);
    expect(await spendAssertion(database, clientId, (await assert(assertion))?.assertion ?? null)).toBe(false);
    // The jti is the client's own.
    const other = await keyed();
    const theirs = await assert(await key.sign(other.clientId, issuer, { jti: 'the same' }));
    expect(await spendAssertion(database, other.clientId, theirs?.assertion ?? null)).toBe(true);
  });
});

describe('keys at an address', () => {
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

  const withKeys = async (keys: object[]) => {
    answer = () => ({ keys });
    asked = 0;
    const { clientId } = await newClient(service, 'confidential', { jwks_uri: uri });
    const { assert } = started('/oauth/token', [new URL(uri).host]);
    return { assert: async (signer: typeof key) => idOf(await assert(await signer.sign(clientId, issuer))), clientId };
  };

  it('are fetched once, and again for a new one, once a minute at most', async () => {
    const { assert, clientId } = await withKeys([key.jwk, { kty: 'oct', k: 'AAAA' }]);
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
    await expect(started().assert(await key.sign(clientId, issuer))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });
});
