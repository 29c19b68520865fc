/** How clients show who they are, on the database and the memory that functions have of it. */
import { UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClientCredentials } from '../../functions/domain/client-credentials.ts';
import { hashSecret, newClientSecret } from '../../functions/domain/client-secret.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import type { Database } from '../../functions/store/database.ts';
import { removeClient } from '../../functions/store/removed-clients.ts';
import { spend } from '../../functions/store/used-once.ts';
import { clientKey } from '../support/client-assertions.ts';
import { idOf, startedWith } from '../support/client-authentication.ts';
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

const started = (endpoint?: string) => startedWith(database, endpoint);
const withSecret = ({ clientId, secret }: Pick<TestClient, 'clientId' | 'secret'>): ClientCredentials => ({
  method: 'client_secret_basic',
  clientId,
  clientSecret: secret,
});
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
    const outcomes = await Promise.all(shown.map((one) => spend(database, one?.shown[0] ?? null)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const first = shown[outcomes.indexOf(true)]?.shown[0] ?? null;
    expect(await spend(database, first)).toBe(true);
    expect(await spend(database, (await assert(assertion))?.shown[0] ?? null)).toBe(false);
    // The jti is the client's own.
    const other = await keyed();
    const theirs = await assert(await key.sign(other.clientId, issuer, { jti: 'the same' }));
    expect(await spend(database, theirs?.shown[0] ?? null)).toBe(true);
  });
});
