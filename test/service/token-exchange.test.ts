/** POST /oauth/token with a person's token (RFC 8693): a service that the person's application calls acts for them at another. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN_EXCHANGE } from '../../functions/domain/client.ts';
import { tokenTypes } from '../../functions/domain/client-credentials.ts';
import { clientKey } from '../support/client-assertions.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { exchange, formTo, newCode } from '../support/grants.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
/** What the person signs in to; a service that it calls; one that the service calls; and one more behind. */
let app: TestClient;
let essays: TestClient;
let grades: TestClient;
let archive: TestClient;
const grants = [TOKEN_EXCHANGE, 'client_credentials'] as const;

beforeAll(async () => {
  service = await sharedService();
  archive = await newClient(service, 'machine');
  grades = await newClient(service, 'machine', { grants, audiences: [archive.clientId], scopes: ['email'] });
  const behind = [grades.clientId, archive.clientId];
  essays = await newClient(service, 'machine', {
    grants,
    audiences: behind,
    scopes: ['email', 'profile', 'grades:read'],
  });
  const scopes = ['openid', 'email', 'profile', 'account'];
  app = await newClient(service, 'public', { scopes, audiences: [essays.clientId, 'huleedu-platform'] });
});
afterAll(() => service.stop());
beforeEach(async () => {
  person = await registerAndLogin(service, { organization_name: 'Norra skolan' });
});

/** What the application has, and sends to the service. */
async function called(scope: readonly string[] = ['openid', 'email', 'profile']): Promise<string> {
  const { body } = await exchange(service, app, await newCode(service, person, app, { scope }));
  return body.access_token;
}
const act = (client: TestClient, token: string, more: Record<string, string | string[]> = {}) =>
  formTo(service, '/oauth/token', client, {
    ...{ grant_type: TOKEN_EXCHANGE, subject_token: token, subject_token_type: tokenTypes.accessToken },
    ...more,
  });
const refused = (error: string, description?: string) => ({
  status: 400,
  body: { error, ...(description && { error_description: expect.stringContaining(description) }) },
});

it('gives a narrower token of the same person and session, in which the client stands as who acts', async () => {
  const token = await called();
  const { status, headers, body } = await act(essays, token, { scope: 'email' });
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      ...{ access_token: expect.any(String), token_type: 'Bearer', expires_in: expect.any(Number), scope: 'email' },
      issued_token_type: tokenTypes.accessToken,
    },
  });
  expect(headers.get('cache-control')).toBe('no-store');
  const [subject, claims] = [decodeJwt(token), decodeJwt(body.access_token)];
  const { iss, sub, sid, org_id, roles, email_verified, auth_time, acr, amr } = subject;
  expect(claims).toEqual({
    ...{ iss, sub, sid, org_id, roles, email_verified, auth_time, acr, amr },
    ...{ aud: grades.clientId, client_id: essays.clientId, scope: 'email', act: { sub: essays.clientId } },
    ...{ exp: expect.any(Number), iat: expect.any(Number), jti: expect.any(String) },
  });
  expect(claims.exp).toBeLessThanOrEqual(subject.exp ?? 0);
  expect(body.expires_in).toBe((claims.exp ?? 0) - (claims.iat ?? 0));
});

it('S76: passes it on, each time with one more who acts and nothing gained; nobody else can', async () => {
  const token = await called();
  const first = (await act(essays, token)).body;
  expect(first.scope).toBe('email profile');
  const second = await act(grades, first.access_token);
  expect(decodeJwt(second.body.access_token)).toMatchObject({
    ...{ aud: archive.clientId, client_id: grades.clientId, scope: 'email' },
    act: { sub: grades.clientId, act: { sub: essays.clientId } },
  });
  expect(await act(grades, token)).toMatchObject(refused('invalid_request', 'not meant for you'));
  expect(await act(essays, second.body.access_token)).toMatchObject(refused('invalid_request', 'not meant for you'));
  expect(await act(essays, token, { scope: 'grades:read' })).toMatchObject(refused('invalid_scope'));
  expect(await act(essays, token, { resource: 'https://else.example' })).toMatchObject(refused('invalid_target'));
  expect(await act(essays, token, { audience: essays.clientId })).toMatchObject(refused('invalid_target'));
  expect(await act(archive, second.body.access_token)).toMatchObject(refused('unauthorized_client'));
  expect(await act(app, token)).toMatchObject(refused('unauthorized_client'));
});

it('is for the audiences that `resource` and `audience` name together', async () => {
  const { body } = await act(essays, await called(), { resource: grades.clientId, audience: [archive.clientId] });
  expect(decodeJwt(body.access_token).aud).toEqual([grades.clientId, archive.clientId]);
});

it('S76: opens nothing of /v1 and no userinfo, also where the person’s own token does', async () => {
  const own = await newClient(service, 'machine', {
    ...{ grants, first_party: true, audiences: ['huleedu-platform'], scopes: ['account', 'grades:read', 'openid'] },
  });
  // By password: its token has no scope, and is for the platform's services, of which this is one.
  const { status, body } = await act(own, person.accessToken);
  expect([status, body.scope]).toEqual([200, 'grades:read openid']);
  const bearer = { authorization: `Bearer ${body.access_token}` };
  expect((await service.get('/v1/auth/me', bearer)).status).toBe(403);
  expect((await service.get('/oauth/userinfo', bearer)).status).toBe(401);
  expect(await act(own, person.accessToken, { scope: 'account' })).toMatchObject(refused('invalid_scope'));
  const other = await newClient(service, 'machine', { grants, audiences: ['huleedu-platform'] });
  expect(await act(other, person.accessToken)).toMatchObject(refused('invalid_request', 'not meant for you'));
});

describe('the person’s session', () => {
  it.each([
    [
      'ends',
      async () => void (await service.post('/v1/auth/sessions/revoke-all', { keep_current: false }, person.bearer)),
    ],
    [
      'is of a locked account',
      async () =>
        void (await service.sql("update users set locked_until = now() + interval '1 hour' where user_id = $1", [
          person.userId,
        ])),
    ],
  ])('%s: then nobody acts in it any more, and what was given counts for nothing where one asks', async (_, end) => {
    const token = await called();
    const given = (await act(essays, token)).body.access_token;
    const asks = () => formTo(service, '/oauth/introspect', grades, { token: given });
    expect((await asks()).body).toMatchObject({ active: true, sub: person.userId, act: { sub: essays.clientId } });
    await end();
    expect(await act(essays, token)).toMatchObject(refused('invalid_request', 'over'));
    expect(await act(grades, given)).toMatchObject(refused('invalid_request', 'over'));
    expect((await asks()).body).toEqual({ active: false });
  });

  it('is not the client’s to end: giving the token back changes nothing', async () => {
    const token = await called();
    const given = (await act(essays, token)).body.access_token;
    expect((await formTo(service, '/oauth/revoke', essays, { token: given })).status).toBe(200);
    expect((await act(essays, token)).status).toBe(200);
  });
});

describe('S76: what is not a valid access token of a person is exchanged for nothing:', () => {
  it.each<[string, () => Promise<string>]>([
    ['garbage', async () => 'a.b.c'],
    ['an ID token', async () => (await exchange(service, app, await newCode(service, person, app))).body.id_token],
    ['a refresh token', async () => person.refreshToken],
    [
      'a machine’s',
      async () =>
        (await formTo(service, '/oauth/token', grades, { grant_type: 'client_credentials' })).body.access_token,
    ],
    [
      'one that somebody else has signed',
      async () => {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const claims = decodeJwt(await called());
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'x' })
          .sign(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })));
      },
    ],
  ])('%s', async (_, token) => {
    expect(await act(essays, await token())).toMatchObject(refused('invalid_request', 'subject_token'));
  });

  it('one that has expired, although clocks may differ', async () => {
    const token = await called();
    service.setClockOffset((decodeJwt(token).exp ?? 0) - Math.floor(Date.now() / 1000) + 5);
    try {
      expect(await act(essays, token)).toMatchObject(refused('invalid_request', 'not valid'));
    } finally {
      service.setClockOffset(0);
    }
  });
});

it.each<[string, Record<string, string>, string]>([
  ['no type', { subject_token_type: '' }, 'subject_token_type is missing'],
  ['another type', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, 'subject_token_type has to be'],
  ['no token', { subject_token: '' }, 'subject_token is missing'],
  [
    'a refresh token wanted',
    { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    'requested_token_type',
  ],
  ['another who acts', { actor_token: 'a.b.c', actor_token_type: tokenTypes.jwt }, 'no actor_token'],
])('is refused visibly with %s', async (_, fields, description) => {
  expect(await act(essays, await called(), fields)).toMatchObject(refused('invalid_request', description));
});

it('S77: takes a client’s own assertion once', async () => {
  const key = await clientKey('one');
  const signs = await newClient(service, 'machine', { grants, first_party: true, jwks: { keys: [key.jwk] } });
  const shown = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await key.sign(signs.clientId, service.url),
  };
  expect((await act(signs, person.accessToken, shown)).status).toBe(200);
  expect(await act(signs, person.accessToken, shown)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
});
