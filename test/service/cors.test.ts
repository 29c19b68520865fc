/** Which pages of other origins may send a request, and read the answer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { exchange, formTo, newCode, verifier } from '../support/grants.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const OURS = 'https://app.example';
const ofClient = 'https://spa.example';
const strangers = [
  `${OURS}.evil`,
  'http://app.example',
  `${OURS}:444`,
  'https://APP.example',
  'null',
  'https://evil.example',
];
let service: Service;
let person: Person;
let spa: TestClient;

beforeAll(async () => {
  service = await sharedService({ corsOrigins: [OURS] });
  person = await registerAndLogin(service);
  const redirect_uris = [`${ofClient}/callback`, 'http://127.0.0.1/callback', 'org.example.app:/callback'];
  spa = await newClient(service, 'public', { redirect_uris, scopes: ['openid', 'email'] });
});
afterAll(() => service.stop());

const preflight = (path: string, origin: string) =>
  service.send('OPTIONS', path, undefined, {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  });
const corsOf = ({ headers }: { headers: Headers }) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

describe('S33: /v1', () => {
  it('lets pages of the configured origins send requests, without credentials, and no others', async () => {
    for (const path of ['/v1/auth/login', '/v1/orgs/x/members/y', '/healthz', '/openapi.json', '/v1/none']) {
      const allowed = await preflight(path, OURS);
      expect([allowed.status, allowed.headers.get('vary')]).toEqual([204, 'origin']);
      expect(corsOf(allowed)).toEqual({
        'access-control-allow-origin': OURS,
        'access-control-allow-methods': 'GET,POST,PUT,DELETE',
        'access-control-allow-headers': 'authorization,content-type,dpop,x-correlation-id',
        'access-control-max-age': '3600',
      });
      for (const origin of strangers) expect(corsOf(await preflight(path, origin)), origin).toEqual({});
    }
  });

  it('lets them read answers, and problems of every kind, and no others', async () => {
    const answers = (origin: string) => [
      service.get('/healthz', { origin }),
      service.get('/v1/auth/me', { ...person.bearer, origin }),
      service.get('/v1/auth/me', { origin }),
      service.post('/v1/auth/login', { email: person.email, password: 'wrong' }, { origin }),
      service.post('/v1/auth/login', {}, { origin }),
      service.get('/v1/admin/users?email=a@example.com', { ...person.bearer, origin }),
    ];
    const read = await Promise.all(answers(OURS));
    expect(read.map(({ status }) => status)).toEqual([200, 200, 401, 401, 400, 403]);
    for (const answer of read) {
      expect(corsOf(answer)).toEqual({
        'access-control-allow-origin': OURS,
        'access-control-expose-headers': 'ratelimit,ratelimit-policy,retry-after,www-authenticate,x-correlation-id',
      });
    }
    for (const origin of strangers) {
      for (const answer of await Promise.all(answers(origin))) expect(corsOf(answer), origin).toEqual({});
    }
  });

  it('lets them read that they come too often', async () => {
    const limited = await sharedService({ corsOrigins: [OURS], rateLimiting: 'on' });
    const tries = Array.from({ length: 7 }, () =>
      limited.post('/v1/auth/login', { email: person.email, password: 'wrong' }, { origin: OURS }),
    );
    const refused = (await Promise.all(tries)).filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) expect(corsOf(answer)).toHaveProperty('access-control-allow-origin', OURS);
  });
});

describe('public documents', () => {
  it.each([
    ...['jwks.json', 'openid-configuration', 'oauth-authorization-server', 'oauth-protected-resource'],
    'oauth-protected-resource/v1',
  ])('/.well-known/%s is for every origin', async (name) => {
    const path = `/.well-known/${name}`;
    const documents = [await service.get(path, { origin: 'https://evil.example' }), await service.get(path)];
    for (const answer of documents) {
      expect([corsOf(answer), answer.headers.get('vary')]).toEqual([{ 'access-control-allow-origin': '*' }, null]);
    }
    expect(corsOf(await preflight(path, 'https://evil.example'))).toMatchObject({
      'access-control-allow-origin': '*',
    });
  });
});

describe('the endpoints for clients', () => {
  it.each(['token', 'userinfo', 'revoke', 'par', 'register'])(
    '/oauth/%s may be asked from everywhere',
    async (name) => {
      const asked = await preflight(`/oauth/${name}`, 'https://evil.example');
      expect(corsOf(asked)).toMatchObject({ 'access-control-allow-origin': '*' });
      expect(corsOf(asked)).not.toHaveProperty('access-control-allow-credentials');
    },
  );

  it('other paths may not be asked at all', async () => {
    for (const path of ['/oauth/authorize', '/oauth/introspect', '/sign-in', '/oauth/token/x', '/oauth/tokenx']) {
      expect(corsOf(await preflight(path, OURS)), path).toEqual({});
    }
  });

  it('show what they answer to pages of the client in question alone, errors included', async () => {
    const readers = async (ask: (origin: string) => Promise<{ headers: Headers }>) => {
      const origins = [ofClient, 'http://127.0.0.1:4711', OURS, 'https://evil.example', 'null', 'org.example.app://'];
      const shown = [];
      for (const origin of origins) {
        if (corsOf(await ask(origin))['access-control-allow-origin'] === origin) shown.push(origin);
      }
      return shown;
    };
    const own = [ofClient, 'http://127.0.0.1:4711'];
    const token = (code: string, origin: string) => formTo(service, '/oauth/token', spa, fieldsOf(code), { origin });
    const fieldsOf = (code: string) => ({
      grant_type: 'authorization_code',
      code,
      redirect_uri: spa.redirectUri,
      code_verifier: verifier,
    });
    expect(await readers(async (origin) => token(await newCode(service, person, spa), origin))).toEqual(own);
    expect(await readers((origin) => token('wrong', origin))).toEqual(own);
    expect(await readers((origin) => formTo(service, '/oauth/revoke', spa, { token: 'x' }, { origin }))).toEqual(own);
    const { access_token } = (await exchange(service, spa, await newCode(service, person, spa))).body;
    const userinfo = (bearer: string) => (origin: string) =>
      service.get('/oauth/userinfo', { authorization: `Bearer ${bearer}`, origin });
    expect(await readers(userinfo(access_token))).toEqual(own);
    // No client is in question: a page learns that its token is no longer valid, whose page it is.
    expect(await readers(userinfo('x'))).toHaveLength(6);
  });
});
