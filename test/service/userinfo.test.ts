/** /oauth/userinfo, /oauth/introspect, /oauth/revoke: what a client may ask of the tokens that it has. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { type CodeWishes, exchange, formTo, newCode, refresh } from '../support/grants.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let client: TestClient;
const scopes = ['openid', 'profile', 'email', 'org', 'offline_access'];

beforeAll(async () => {
  service = await sharedService();
  const person_name = { first_name: 'Ada', last_name: 'Berg' };
  person = await registerAndLogin(service, { person_name, organization_name: 'Norra skolan', locale: 'sv-SE' });
  client = await newClient(service, 'confidential', {
    scopes,
    audiences: ['https://own.example', 'https://a.example'],
  });
});
afterAll(() => service.stop());

interface Tokens {
  readonly access: string;
  readonly refresh: string;
}
async function tokensOf(wishes: CodeWishes = {}, of = client): Promise<Tokens> {
  const { body } = await exchange(service, of, await newCode(service, person, of, wishes));
  return { access: body.access_token, refresh: body.refresh_token };
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const userinfo = (token: string) => service.get('/oauth/userinfo', bearer(token));

describe('userinfo', () => {
  it('answers the claims of the token’s scopes, and those asked for by name within them', async () => {
    const claimsOf = async (wishes: CodeWishes) => (await userinfo((await tokensOf(wishes)).access)).body;
    const sub = { sub: person.userId };
    const profile = { name: 'Ada Berg', given_name: 'Ada', family_name: 'Berg', locale: 'sv-SE' };
    const email = { email: person.email, email_verified: false };
    expect(await claimsOf({ scope: ['openid'] })).toEqual(sub);
    expect(await claimsOf({ scope: ['openid', 'email'] })).toEqual({ ...sub, ...email });
    const updated_at = expect.any(Number);
    expect(await claimsOf({ scope: ['openid', 'profile'] })).toEqual({ ...sub, ...profile, updated_at });
    const org = { org_id: expect.any(String), org_name: 'Norra skolan', roles: ['owner'] };
    expect(await claimsOf({ scope: ['openid', 'org'] })).toEqual({ ...sub, ...org });
    expect(await claimsOf({ scope: ['openid'], claims: { userinfo: ['email'] } })).toEqual(sub);
  });

  it('takes the token in the header, or in a form, and nowhere else', async () => {
    const { access } = await tokensOf();
    const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      service.send('POST', '/oauth/userinfo', new URLSearchParams(fields).toString(), { ...form, ...headers });
    expect((await post({ access_token: access })).status).toBe(200);
    expect((await post({}, bearer(access))).status).toBe(200);
    expect((await service.send('POST', '/oauth/userinfo', undefined, bearer(access))).status).toBe(200);
    expect(await post({ access_token: access }, bearer(access))).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    const query = await service.get(`/oauth/userinfo?access_token=${access}`);
    expect([query.status, query.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('refuses a token for another resource, of an ended session, or without openid', async () => {
    const challengeOf = async (token: string) => {
      const { status, headers, body } = await userinfo(token);
      return [status, body.error, headers.get('www-authenticate')];
    };
    const dead = [
      401,
      'invalid_token',
      'Bearer error="invalid_token", error_description="The access token is not valid"',
    ];
    expect(await challengeOf((await tokensOf({ resource: ['https://a.example'] })).access)).toEqual(dead);
    expect(await challengeOf('x')).toEqual(dead);
    const lacking = [403, 'insufficient_scope', 'Bearer error="insufficient_scope", scope="openid"'];
    expect(await challengeOf((await tokensOf({ scope: ['email'] })).access)).toEqual(lacking);
    expect(await challengeOf(person.accessToken)).toEqual(lacking);
    const { access } = await tokensOf();
    expect((await userinfo(access)).status).toBe(200);
    await service.post('/v1/auth/sessions/revoke', { session_id: decodeJwt(access).sid }, person.bearer);
    expect(await challengeOf(access)).toEqual(dead);
  });
});

describe('introspection', () => {
  const introspect = (by: TestClient, token: string) => formTo(service, '/oauth/introspect', by, { token });

  it('answers for tokens that were issued to the client, or are meant for it, and for no other', async () => {
    const api = await newClient(service, 'machine');
    const { access, refresh: refreshToken } = await tokensOf();
    const { status, body } = await introspect(client, access);
    expect(status).toBe(200);
    const { iss, sub, sid, aud, jti, exp, iat, scope } = decodeJwt(access);
    expect(body).toMatchObject({ active: true, client_id: client.clientId, token_type: 'Bearer' });
    expect(body).toMatchObject({ iss, sub, sid, aud, jti, exp, iat, scope });
    expect((await introspect(client, refreshToken)).body).toMatchObject({ active: true, token_type: 'refresh_token' });
    for (const token of [access, refreshToken, person.accessToken, person.refreshToken, 'x']) {
      expect((await introspect(api, token)).body, token.slice(0, 9)).toEqual({ active: false });
    }
    expect((await introspect(client, person.accessToken)).body).toEqual({ active: false });
    const caller = await newClient(service, 'confidential', { scopes, audiences: [api.clientId] });
    expect((await introspect(api, (await tokensOf({}, caller)).access)).body).toMatchObject({
      active: true,
      aud: api.clientId,
      client_id: caller.clientId,
    });
    const machine = (await formTo(service, '/oauth/token', api, { grant_type: 'client_credentials' })).body
      .access_token;
    expect((await introspect(api, machine)).body).toMatchObject({ active: true, sub: api.clientId });
  });

  it('is not for a public client, whose id anybody can name', async () => {
    const spa = await newClient(service, 'public', { scopes });
    const { access } = await tokensOf({}, spa);
    expect(await introspect(spa, access)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});

describe('revocation', () => {
  const revoke = (by: TestClient, token: string) => formTo(service, '/oauth/revoke', by, { token });

  it('ends what the client was given, by either token, at once', async () => {
    for (const kind of ['access', 'refresh'] as const) {
      const tokens = await tokensOf();
      expect((await revoke(client, tokens[kind])).status).toBe(200);
      expect((await refresh(service, client, tokens.refresh)).body.error).toBe('invalid_grant');
      expect((await userinfo(tokens.access)).status).toBe(401);
    }
  });

  it('ends nothing of others, and says so to nobody', async () => {
    const spa = await newClient(service, 'public', { scopes });
    const tokens = await tokensOf();
    for (const token of [tokens.access, tokens.refresh, person.refreshToken, 'x']) {
      expect(await revoke(spa, token)).toMatchObject({ status: 200, body: {} });
    }
    expect((await userinfo(tokens.access)).status).toBe(200);
    expect((await service.get('/v1/auth/me', person.bearer)).status).toBe(200);
    const own = await tokensOf({}, spa);
    await revoke(spa, own.refresh);
    expect((await refresh(service, spa, own.refresh)).body.error).toBe('invalid_grant');
  });
});
