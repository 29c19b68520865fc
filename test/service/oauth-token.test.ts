/** POST /oauth/token: a code for tokens. Refreshing: oauth-refresh.test.ts. */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidOf } from '../../functions/domain/browser-session.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { type CodeWishes, exchange, formTo, newBrowser, newCode } from '../support/grants.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let app: TestClient;
let backend: TestClient;
const scopes = ['openid', 'profile', 'email', 'org', 'offline_access', 'account'];

beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service, {
    person_name: { first_name: 'Ada', last_name: 'Berg' },
    organization_name: 'Norra skolan',
  });
  app = await newClient(service, 'public', { scopes, first_party: true });
  backend = await newClient(service, 'confidential', { scopes, audiences: ['https://a.example', 'https://b.example'] });
});
afterAll(() => service.stop());

const granted = async (client: TestClient, wishes: CodeWishes = {}) => {
  const { status, body } = await exchange(service, client, await newCode(service, person, client, wishes));
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};

describe('a code', () => {
  it('is exchanged for an access token, a refresh token and an ID token', async () => {
    const browser = await newBrowser(service, person);
    const code = await newCode(service, person, app, { browser, scope: ['openid', 'email'], nonce: 'n-1' });
    const { status, headers, body } = await exchange(service, app, code);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'openid email',
      refresh_token: expect.any(String),
      id_token: expect.any(String),
    });
    const [session] = await service.sql('select * from sessions where browser_session_id = $1', [browser.sessionId]);
    const access = decodeJwt(body.access_token);
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    expect(access).toMatchObject({
      ...{ iss: service.url, sub: person.userId, aud: 'huleedu-platform', client_id: app.clientId },
      ...{ sid: session?.session_id, scope: 'openid email', acr: 'urn:identity:acr:1', amr: ['pwd'] },
    });
    const id = decodeJwt(body.id_token);
    expect(decodeProtectedHeader(body.id_token)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(id).toEqual({
      ...{ iss: service.url, sub: person.userId, aud: app.clientId, azp: app.clientId, nonce: 'n-1' },
      ...{ exp: expect.any(Number), iat: access.iat, auth_time: access.auth_time },
      ...{ acr: 'urn:identity:acr:1', amr: ['pwd'], sid: sidOf(browser, app.clientId) },
    });
    // When the person signed in, not when the code was exchanged.
    expect((id.iat ?? 0) - Number(id.auth_time)).toBeGreaterThanOrEqual(300);
  });

  it('opens a session with the device of the browser’s, which is listed, audited and ended with the others', async () => {
    const browser = await newBrowser(service, person);
    const { access_token } = (await exchange(service, app, await newCode(service, person, app, { browser }))).body;
    const sid = decodeJwt(access_token).sid;
    const { sessions } = (await service.get('/v1/auth/sessions', person.bearer)).body;
    expect(sessions).toContainEqual(
      expect.objectContaining({
        session_id: sid,
        device_name: 'laptop',
        user_agent: 'Firefox',
        ip_address: '192.0.2.7',
      }),
    );
    const [entry] = await service.sql(
      "select * from audit_log where action = 'session.granted' and detail ->> 'session_id' = $1",
      [sid],
    );
    expect(entry).toMatchObject({ user_id: person.userId, detail: { client_id: app.clientId, scopes: ['openid'] } });
    await service.post('/v1/auth/sessions/revoke', { session_id: browser.sessionId }, person.bearer);
    const [ended] = await service.sql('select revoked_at from sessions where session_id = $1', [sid]);
    expect(ended?.revoked_at).not.toBeNull();
  });

  it('without openid gives no ID token, and without the grant no refresh token', async () => {
    const once = await newClient(service, 'confidential', { scopes, grants: ['authorization_code'] });
    const body = await granted(once, { scope: ['email'] });
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
  });

  it('is for the client’s default audience, or for the resources that were asked for', async () => {
    const audienceOf = async (wishes: CodeWishes, more = {}) => {
      const code = await newCode(service, person, backend, wishes);
      const { body } = await exchange(service, backend, code, more);
      return body.error ?? decodeJwt(body.access_token).aud;
    };
    const both = ['https://a.example', 'https://b.example'];
    expect(await audienceOf({})).toBe('https://a.example');
    expect(await audienceOf({ resource: ['https://b.example'] })).toBe('https://b.example');
    expect(await audienceOf({ resource: both })).toEqual(both);
    expect(await audienceOf({ resource: both }, { resource: 'https://b.example' })).toBe('https://b.example');
    expect(await audienceOf({ resource: ['https://a.example'] }, { resource: 'https://b.example' })).toBe(
      'invalid_target',
    );
    expect(await audienceOf({}, { resource: 'https://b.example' })).toBe('invalid_target');
  });

  it('gives claims in the ID token by name alone: those of scopes that were granted, or of our own clients', async () => {
    const claims = { id_token: ['name', 'email', 'org_name'] };
    const named = decodeJwt((await granted(backend, { scope: ['openid', 'email'], claims })).id_token);
    expect([named.email, named.name, named.org_name]).toEqual([person.email, undefined, undefined]);
    const own = decodeJwt((await granted(app, { claims })).id_token);
    expect([own.email, own.name, own.org_name]).toEqual([person.email, 'Ada Berg', 'Norra skolan']);
    const always = await newClient(service, 'confidential', { scopes, id_token_claims: ['email_verified', 'roles'] });
    const { id_token } = await granted(always, { scope: ['openid', 'email'] });
    expect(decodeJwt(id_token)).toMatchObject({ email_verified: false });
    expect(decodeJwt(id_token)).not.toHaveProperty('roles');
  });

  it('lets a client ask for no more than it has: a scope that it has lost since is not given', async () => {
    const shrunk = await newClient(service, 'confidential', { scopes: ['openid'] });
    expect((await granted(shrunk, { scope: ['openid', 'email'] })).scope).toBe('openid');
  });
});

describe('a machine', () => {
  it('gets a token in its own name, of nobody’s session', async () => {
    const machine = await newClient(service, 'machine');
    const ask = (fields: Record<string, string>) =>
      formTo(service, '/oauth/token', machine, { grant_type: 'client_credentials', ...fields });
    const { status, body } = await ask({});
    // RFC 6749 §3.3 has no empty scope: of `""`, openidconnect (Rust) and requests-oauthlib make one that is named "".
    expect([status, Object.keys(body).sort()]).toEqual([200, ['access_token', 'expires_in', 'token_type']]);
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({ sub: machine.clientId, client_id: machine.clientId, scope: '' });
    expect(claims).not.toHaveProperty('sid');
    const seen = await formTo(service, '/oauth/introspect', machine, { token: body.access_token });
    expect(seen.body).toMatchObject({ active: true, sub: machine.clientId });
    expect(seen.body).not.toHaveProperty('scope');
    for (const scope of ['account', 'openid', 'essays:read']) {
      expect(await ask({ scope })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    }
    expect(await ask({ resource: 'https://b.example' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_target' },
    });
    // S76
    const opened = await service.get('/v1/auth/me', { authorization: `Bearer ${body.access_token}` });
    expect([401, 403]).toContain(opened.status);
  });
});

describe('a machine with scopes', () => {
  it('gets all of them, or those that it asks for, and no other', async () => {
    const machine = await newClient(service, 'machine', { scopes: ['essays:read', 'essays:write'] });
    const scopeOf = async (scope?: string) => {
      const asked = { grant_type: 'client_credentials', ...(scope && { scope }) };
      const { body } = await formTo(service, '/oauth/token', machine, asked);
      return body.error ?? [body.scope, decodeJwt(body.access_token).scope];
    };
    expect(await scopeOf()).toEqual(['essays:read essays:write', 'essays:read essays:write']);
    expect(await scopeOf('essays:read')).toEqual(['essays:read', 'essays:read']);
    expect(await scopeOf('essays:read essays:delete')).toBe('invalid_scope');
  });
});

describe('the token endpoint', () => {
  const ask = (client: TestClient, fields: Record<string, string | string[]>) =>
    formTo(service, '/oauth/token', client, fields);

  it('answers by the names of RFC 6749 §5.2', async () => {
    const errorOf = async (answer: Promise<{ status: number; body: { error: string } }>) => {
      const { status, body } = await answer;
      return [status, body.error];
    };
    const code = await newCode(service, person, app);
    expect(await errorOf(ask(app, { grant_type: 'password' }))).toEqual([400, 'unsupported_grant_type']);
    expect(await errorOf(ask(app, {}))).toEqual([400, 'invalid_request']);
    expect(await errorOf(ask(app, { grant_type: 'authorization_code' }))).toEqual([400, 'invalid_request']);
    expect(await errorOf(ask(app, { grant_type: 'client_credentials' }))).toEqual([400, 'unauthorized_client']);
    expect(await errorOf(ask(app, { grant_type: 'authorization_code', code: [code, code] }))).toEqual([
      400,
      'invalid_request',
    ]);
    const nobody = { ...app, clientId: 'c_aaaaaaaaaaaaaaaaaaaaaa' } as TestClient;
    expect(await errorOf(exchange(service, nobody, code))).toEqual([401, 'invalid_client']);
    const unauthenticated = { ...backend, basic: {} };
    expect(await errorOf(exchange(service, unauthenticated, code))).toEqual([401, 'invalid_client']);
  });
});
