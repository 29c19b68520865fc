/** The service from outside, for any caller. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { login, register, type Session } from './people.ts';
import { get, post } from './requests.ts';
import { canSign, signed } from './signature.ts';
import { target, unseen } from './target.ts';

const problem = (code: string) => ({
  headers: { 'content-type': 'application/problem+json' },
  body: { code, correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
});

it('is up, and reports its version', async () => {
  expect(await get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok', version: expect.any(String) } });
});

it('answers 404 where there is no route', async () => {
  expect((await get('/v1/nothing')).status).toBe(404);
});

describe('every answer', () => {
  it('S32: keeps browsers from guessing its type and from going back to http', async () => {
    const { headers } = await get('/healthz');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(headers['strict-transport-security']).toMatch(/max-age=\d+/);
  });

  it('S37: carries the correlation id of the request, when it is a UUID', async () => {
    const id = randomUUID();
    expect((await get('/healthz', { 'x-correlation-id': id })).headers['x-correlation-id']).toBe(id);
    const other = (await get('/healthz', { 'x-correlation-id': 'not-a-uuid' })).headers['x-correlation-id'];
    expect(other).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a request that is not understood', () => {
  it('S30: gets a problem for malformed JSON, never a 5xx', async () => {
    const answer = await post('/v1/auth/login', '{"email":');
    expect(answer).toMatchObject({ status: 400, ...problem('VALIDATION_ERROR') });
  });

  it('gets all of its faults at once', async () => {
    const { status, body } = await post('/v1/auth/register', { email: 'nobody', password: 7 });
    expect(status).toBe(400);
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer).sort()).toEqual(['/email', '/password']);
  });

  it('S31: gets 415 for another content type', async () => {
    const answer = await post('/v1/auth/login', 'email=nobody', { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 415, ...problem('UNSUPPORTED_MEDIA_TYPE') });
  });
});

describe('a published key set', () => {
  it('S45: holds public members only, may be cached, and is not sent twice', async () => {
    const { body, headers } = await get('/.well-known/jwks.json');
    for (const key of body.keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(headers['cache-control']).toMatch(/max-age=\d+/);
    const again = await get('/.well-known/jwks.json', { 'if-none-match': String(headers.etag) });
    expect(again.status).toBe(304);
  });
});

describe('tokens', () => {
  let session: Session;

  beforeAll(async () => {
    session = await login(await register('boundary'));
  });

  it('S12: are refused when a character is changed', async () => {
    const [header, payload = '', signature] = session.accessToken.split('.');
    const forged = [header, `${payload.slice(0, -1)}${payload.endsWith('A') ? 'B' : 'A'}`, signature].join('.');
    const answer = await get('/v1/auth/me', { authorization: `Bearer ${forged}` });
    expect(answer).toMatchObject({ status: 401, ...problem('TOKEN_INVALID') });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer error="invalid_token"/);
  });

  it('S14: of one kind are not accepted as another', async () => {
    const asAccess = await get('/v1/auth/me', { authorization: `Bearer ${session.refreshToken}` });
    const asRefresh = await post('/v1/auth/refresh', { refresh_token: session.accessToken });
    expect([asAccess.status, asRefresh.status]).toEqual([401, 401]);
  });

  it('S41: are not introspected for a caller without a signature', async () => {
    expect((await post('/v1/auth/introspect', { token: session.accessToken })).status).toBe(403);
  });

  it('are introspected for a service of the account, until their session ends', async ({ skip }) => {
    skip(!canSign, unseen.signature);
    const body = JSON.stringify({ token: session.accessToken });
    const introspect = async () => post('/v1/auth/introspect', body, await signed('/v1/auth/introspect', body));
    const active = { active: true, sid: session.sessionId, iss: target.url, token_type: 'Bearer' };
    expect(await introspect()).toMatchObject({ status: 200, body: active });
    await post('/v1/auth/revoke', { token: session.refreshToken });
    expect((await introspect()).body).toEqual({ active: false });
  });
});

it('S9: too many logins for one address are refused with the time to come back', async () => {
  const email = `nobody-${randomUUID()}@simulator.amazonses.com`;
  let answer = await post('/v1/auth/login', { email, password: 'wrong wrong wrong' });
  // Five a minute by default; a stage may allow more.
  for (let tries = 1; answer.status === 401 && tries < 10; tries++) {
    answer = await post('/v1/auth/login', { email, password: 'wrong wrong wrong' });
  }
  expect(answer).toMatchObject({ status: 429, ...problem('RATE_LIMITED') });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});
