/** Clients that show who they are by a key of theirs (RFC 7523 §3, OpenID Connect Core §9), at each endpoint for clients. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { v4 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ASSERTION_TYPE } from '../../functions/domain/client-credentials.ts';
import { type ClientKey, clientKey } from '../support/client-assertions.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { exchange, formTo, newCode, refresh } from '../support/grants.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const MINUTE = 60;
const paths = ['/oauth/token', '/oauth/par', '/oauth/introspect', '/oauth/revoke'] as const;
type Path = (typeof paths)[number];

let service: Service;
let server: Server;
/** Where the client has its keys, what is answered there, and how often it was asked. */
let address: string;
let published: { status: number; body: string };
let asked = 0;
let key: ClientKey;
let next: ClientKey;
beforeAll(async () => {
  server = createServer((_, response) => {
    asked++;
    response.writeHead(published.status).end(published.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  address = `http://127.0.0.1:${port}`;
  // Of its own, since this is the one whose functions may fetch from here; one environment of each has all its memory.
  service = await startService({ fetchAllow: `127.0.0.1:${port}`, maxConcurrency: 1 });
  key = await clientKey('one');
  next = await clientKey('two', 'RS256');
});
afterAll(async () => {
  await service.stop();
  await new Promise((resolve) => server.close(resolve));
});

const keysAre = (...keys: ClientKey[]) => {
  published = { status: 200, body: JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }) };
};
let addresses = 0;
/** A client with its keys at an address that nobody has asked for yet. */
const remote = () => newClient(service, 'confidential', { grants, jwks_uri: `${address}/${++addresses}` });
const inline = (...keys: ClientKey[]) =>
  newClient(service, 'confidential', { grants, jwks: { keys: keys.map(({ jwk }) => jwk) } });
const grants = ['authorization_code', 'refresh_token', 'client_credentials'] as const;

const shown = (assertion: string) => ({ client_assertion_type: ASSERTION_TYPE, client_assertion: assertion });
/** What the endpoint is asked that needs nothing but the client. */
const asks: Readonly<Record<Path, (client: TestClient) => Record<string, string>>> = {
  '/oauth/token': () => ({ grant_type: 'client_credentials' }),
  '/oauth/par': (client) => Object.fromEntries(new URLSearchParams(authorizeQuery(client))),
  '/oauth/introspect': () => ({ token: 'a token' }),
  '/oauth/revoke': () => ({ token: 'a token' }),
};
const at = (path: Path, client: TestClient, assertion: string) =>
  formTo(service, path, client, { ...asks[path](client), ...shown(assertion) });

const taken = (path: Path) => ({ status: path === '/oauth/par' ? 201 : 200 });
const refused = { status: 401, body: expect.objectContaining({ error: 'invalid_client' }) };
const now = () => Math.floor(Date.now() / 1000);

describe.each(paths)('at %s', (path) => {
  it.each(['given', 'at an address'])(
    'is taken by a key %s, meant for issuer, token endpoint or this one',
    async (from) => {
      keysAre(key, next);
      const client = from === 'given' ? await inline(key, next) : await remote();
      for (const [signer, audience] of [
        [key, service.url],
        [next, `${service.url}/oauth/token`],
        [key, [`${service.url}${path}`]],
      ] as const) {
        expect(await at(path, client, await signer.sign(client.clientId, audience))).toMatchObject(taken(path));
      }
    },
  );

  it('S77: counts once: not again in order, and once of ten at once', async () => {
    const client = await inline(key);
    const assertion = await key.sign(client.clientId, service.url);
    expect(await at(path, client, assertion)).toMatchObject(taken(path));
    expect(await at(path, client, assertion)).toMatchObject(refused);
    const another = await key.sign(client.clientId, service.url);
    const answers = await Promise.all(Array.from({ length: 10 }, () => at(path, client, another)));
    expect(answers.filter(({ status }) => status === taken(path).status)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    // The signature is not what counts.
    const jti = v4();
    const same = async () => at(path, client, await key.sign(client.clientId, service.url, { jti }));
    expect([(await same()).status, (await same()).status]).toEqual([taken(path).status, 401]);
  });

  it('S77: is refused for another server, late, long, unsigned, by a secret, or by a key that is not the client’s', async () => {
    const client = await inline(key);
    const { clientId } = client;
    const unsigned = new UnsecuredJWT({ jti: v4() }).setIssuer(clientId).setSubject(clientId).setAudience(service.url);
    const bySecret = new SignJWT({ iss: clientId, sub: clientId, aud: service.url, jti: v4(), exp: now() + 60 });
    const publicKey = new TextEncoder().encode(JSON.stringify(key.jwk));
    for (const assertion of [
      await key.sign(clientId, 'https://other.example'),
      await key.sign(clientId, [service.url, 'https://other.example']),
      await key.sign(clientId, `${service.url}/oauth/${path === '/oauth/par' ? 'revoke' : 'par'}`),
      await key.sign(clientId, service.url, { iat: now() - 120, exp: now() - 60 }),
      await key.sign(clientId, service.url, { exp: now() + 600 }),
      unsigned.setExpirationTime('1m').encode(),
      await bySecret.setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(publicKey),
      await key.sign(clientId, service.url, {}, { kid: 'three' }),
      await next.sign(clientId, service.url),
      'no assertion',
    ]) {
      expect(await at(path, client, assertion), assertion).toMatchObject(refused);
    }
    expect(await formTo(service, path, client, asks[path](client))).toMatchObject(refused);
  });
});

describe('keys at a client’s address', () => {
  beforeEach(() => {
    service.setClockOffset(0);
    asked = 0;
  });
  const TOKEN = '/oauth/token';
  /** By the host's clock. */
  const signedIn = (seconds: number, signer: ClientKey, { clientId }: TestClient) =>
    signer.sign(clientId, service.url, { iat: now() + seconds, exp: now() + seconds + 60 });
  const later = async (seconds: number, signer: ClientKey, client: TestClient) => {
    service.setClockOffset(seconds);
    return at(TOKEN, client, await signedIn(seconds, signer, client));
  };

  it('that are changed there count within a minute, and the one before no longer', async () => {
    keysAre(key);
    const client = await remote();
    expect(await later(0, key, client)).toMatchObject(taken(TOKEN));
    keysAre(next);
    // Guesses at a key that there is not have nothing fetched.
    expect(await later(1, next, client)).toMatchObject(refused);
    expect(asked).toBe(1);
    expect(await later(MINUTE + 1, next, client)).toMatchObject(taken(TOKEN));
    expect(await later(MINUTE + 2, key, client)).toMatchObject(refused);
    expect(asked).toBe(2);
  });

  it.each([
    ['answers 503', 503, ''],
    ['answers with a page', 200, '<!doctype html>'],
    ['answers with no keys', 200, '{"key": []}'],
  ])('that %s is no fault of the client’s: it may try again', async (_, status, body) => {
    published = { status, body };
    const client = await remote();
    const answer = await at(TOKEN, client, await key.sign(client.clientId, service.url));
    expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('5');
    keysAre(key);
    expect(await later(MINUTE + 1, key, client)).toMatchObject(taken(TOKEN));
  });

  it('are used further while the address does not answer, and a key that is not among them stays unknown', async () => {
    keysAre(key);
    const client = await remote();
    expect(await later(0, key, client)).toMatchObject(taken(TOKEN));
    published = { status: 503, body: '' };
    expect(await later(11 * MINUTE, key, client)).toMatchObject(taken(TOKEN));
    expect(await later(13 * MINUTE, next, client)).toMatchObject(refused);
  });

  it('S78: are fetched from where the host may fetch, and from no other port of this machine', async () => {
    const other = createServer((_, response) => {
      response.end(JSON.stringify({ keys: [key.jwk] }));
      asked++;
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const client = await newClient(service, 'confidential', { grants, jwks_uri: `http://127.0.0.1:${port}/` });
    expect(await later(0, key, client)).toMatchObject({ status: 503 });
    expect(asked).toBe(0);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('a client with a key', () => {
  let person: Person;
  beforeAll(async () => {
    service.setClockOffset(0);
    person = await registerAndLogin(service);
  });

  it('exchanges a code and refreshes; a second use of its assertion uses up neither', async () => {
    const client = await inline(key);
    const signed = async () => shown(await key.sign(client.clientId, service.url));
    const first = await signed();
    const [one, two] = [await newCode(service, person, client), await newCode(service, person, client)];
    const tokens = await exchange(service, client, one, first);
    expect(decodeJwt(tokens.body.access_token)).toMatchObject({ sub: person.userId, client_id: client.clientId });
    expect(await exchange(service, client, two, first)).toMatchObject(refused);
    expect(await refresh(service, client, tokens.body.refresh_token, first)).toMatchObject(refused);
    expect((await exchange(service, client, two, await signed())).status).toBe(200);
    expect((await refresh(service, client, tokens.body.refresh_token, await signed())).status).toBe(200);
  });

  it('gives two codes with one assertion at once, and one of them is exchanged', async () => {
    const client = await inline(key);
    const both = shown(await key.sign(client.clientId, service.url));
    const codes = [await newCode(service, person, client), await newCode(service, person, client)];
    const answers = await Promise.all(codes.map((code) => exchange(service, client, code, both)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
  });
});
