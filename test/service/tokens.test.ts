/** Access tokens at everything that accepts them: the service's own routes, and each way that a consumer has. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { awsJwtVerifier } from '../examples/aws-jwt-verify.ts';
import { joseVerifier } from '../examples/jose.ts';
import { gradesService } from '../examples/node-service.ts';
import { forgeTokens, stageSigner } from '../support/forged-tokens.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const audience = 'huleedu-platform';
let service: Service;
let owner: Person;
let orgId: string;
let grades: Server;
let trap: Server;
let trapped = 0;
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

type Takes = (token: string) => Promise<boolean>;
const takers = new Map<string, Takes>();
const metadata = () => `resource_metadata="${service.url}/.well-known/oauth-protected-resource/v1"`;
const settles = (work: Promise<unknown>) => work.then(() => true).catch(() => false);

beforeAll(async () => {
  service = await sharedService();
  owner = await registerAndLogin(service, { organization_name: 'Norra skolan' });
  const { orgs } = (await service.get('/v1/orgs', owner.bearer)).body;
  orgId = orgs[0].org_id;
  const inOrganization = await service.post('/v1/auth/refresh', { refresh_token: owner.refreshToken, org_id: orgId });
  owner = { ...owner, accessToken: inOrganization.body.access_token };

  grades = gradesService(service.url).listen(0, '127.0.0.1');
  trap = createServer((_request, response) => {
    trapped++;
    response.end('{"keys":[]}');
  }).listen(0, '127.0.0.1');
  await Promise.all([once(grades, 'listening'), once(trap, 'listening')]);

  vi.stubEnv('ISSUER', service.url);
  vi.stubEnv('AUDIENCE', audience);
  const authorizer = await import('../../functions/packages/token-authorizer/index.ts');
  const jose = joseVerifier(service.url, audience);
  const aws = awsJwtVerifier(service.url, audience);
  // Its own fetcher takes only https; the document is the same.
  aws.cacheJwks((await service.get('/.well-known/jwks.json')).body);

  takers.set('the service itself', async (token) => {
    const { status, headers, body } = await service.get('/v1/auth/me', { authorization: `Bearer ${token}` });
    if (status === 200) return true;
    expect(status).toBe(401);
    expect(body.code).toMatch(/^TOKEN_(INVALID|EXPIRED)$/);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
    return false;
  });
  takers.set('introspection', async (token) => {
    const { body } = await service.post('/v1/auth/introspect', { token }, service.iamHeaders);
    if (!body.active) expect(body).toEqual({ active: false });
    return body.active;
  });
  takers.set('a Node service with verify.ts', async (token) => {
    const answer = await fetch(`${urlOf(grades)}/orgs/${orgId}/grades`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) expect(answer.status).toBe(401);
    return answer.ok;
  });
  takers.set('the Lambda authorizer of an HTTP API', async (token) => {
    const event = { version: '2.0', type: 'REQUEST', identitySource: [`Bearer ${token}`] };
    const answer = await authorizer.handler(event as Parameters<typeof authorizer.handler>[0]);
    return 'isAuthorized' in answer && answer.isAuthorized;
  });
  takers.set('the Lambda authorizer of a REST API', async (token) => {
    const methodArn = 'arn:aws:execute-api:eu-north-1:000000000000:api/prod/GET/grades';
    const answer = authorizer.handler({ type: 'TOKEN', authorizationToken: `Bearer ${token}`, methodArn });
    return settles(answer.catch((error: Error) => Promise.reject(expect(error.message).toBe('Unauthorized'))));
  });
  takers.set('jose', (token) => settles(jose(token)));
  takers.set('aws-jwt-verify', (token) => settles(aws.verify(token)));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  grades.close();
  trap.close();
  await service.stop();
});

/** All verifiers that accept the token. */
async function takersOf(token: string): Promise<string[]> {
  const taken: string[] = [];
  for (const [name, takes] of takers) if (await takes(token)) taken.push(name);
  return taken;
}

describe('an access token', () => {
  it('S13: is an at+jwt with all its claims, for no longer than the setting says', () => {
    expect(decodeProtectedHeader(owner.accessToken)).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.any(String) });
    const claims = decodeJwt(owner.accessToken);
    expect(claims).toMatchObject({ iss: service.url, aud: audience, sub: owner.userId, sid: owner.sessionId });
    expect(claims.jti).toEqual(expect.any(String));
    // RFC 9068 §2.2: Spring's, authlib's and oauth4webapi's verifiers refuse a token that lacks any.
    for (const claim of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti']) expect(claims).toHaveProperty(claim);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
  });

  it('is accepted by every verifier', async () => {
    expect(await takersOf(owner.accessToken)).toEqual([...takers.keys()]);
  });

  it('S12, S13, S15, S17: forged, foreign or expired is accepted by no verifier', async () => {
    const taken: Record<string, string[]> = {};
    for (const [name, token] of await forgeTokens(service, owner.accessToken, urlOf(trap))) {
      const by = await takersOf(token);
      if (by.length > 0) taken[name] = by;
    }
    expect(taken).toEqual({});
    expect(trapped).toBe(0);
  });

  it('S17: is accepted within 30 s by clocks that are behind or ahead', async () => {
    const sign = stageSigner(service);
    const header = { ...decodeProtectedHeader(owner.accessToken) };
    const claims = decodeJwt(owner.accessToken);
    const now = Math.floor(Date.now() / 1000);
    const late = await sign(header, { ...claims, iat: now - 920, exp: now - 20 });
    const early = await sign(header, { ...claims, iat: now + 25, exp: now + 925 });
    expect(await takersOf(late)).toEqual([...takers.keys()]);
    expect(await takersOf(early)).toEqual([...takers.keys()]);
  });

  it('S76: of a client opens /v1 with the scope `account` alone, and of a machine never', async () => {
    const sign = stageSigner(service);
    const claims = decodeJwt(owner.accessToken);
    const me = async (more: object) => {
      const token = await sign({ ...decodeProtectedHeader(owner.accessToken) }, { ...claims, ...more });
      const { status, headers } = await service.get('/v1/auth/me', { authorization: `Bearer ${token}` });
      return [status, headers.get('www-authenticate')];
    };
    const lacking = [403, `Bearer error="insufficient_scope", scope="account", ${metadata()}`];
    const clientId = 'c_aaaaaaaaaaaaaaaaaaaaaa';
    expect(await me({ client_id: clientId, scope: 'openid account' })).toEqual([200, null]);
    for (const scope of ['', 'openid email', 'accounts', 'account:read']) {
      expect(await me({ client_id: clientId, scope }), scope).toEqual(lacking);
    }
    // A client of that name could not be told from our own login by its name.
    expect(await me({ client_id: 'first-party', scope: 'openid' })).toEqual(lacking);
    expect(await me({ sub: clientId, client_id: clientId, sid: undefined, scope: 'account' })).toEqual(lacking);
    // RFC 9728: what the metadata name may be asked for (RFC 8707), and opens nothing without the scope either.
    for (const aud of [service.url, `${service.url}/v1`]) {
      expect((await me({ aud, client_id: clientId, scope: 'account' }))[0]).toBe(200);
      expect(await me({ aud, client_id: clientId, scope: 'openid' })).toEqual(lacking);
    }
    expect((await me({ aud: `${service.url}/v1` }))[0]).toBe(401);
    const [elsewhere] = await me({ aud: 'https://api.example', client_id: clientId, scope: 'account' });
    expect(elsewhere).toBe(401);
  });

  it('S76: of a client, when the password is given again, stays one of that client', async () => {
    const header = { ...decodeProtectedHeader(owner.accessToken) };
    const given = { client_id: 'c_aaaaaaaaaaaaaaaaaaaaaa', scope: 'openid account' };
    const token = await stageSigner(service)(header, { ...decodeJwt(owner.accessToken), ...given });
    const bearer = { authorization: `Bearer ${token}` };
    const { status, body } = await service.post('/v1/auth/reauthenticate', { password: owner.password }, bearer);
    expect([status, decodeJwt(body.access_token)]).toEqual([200, expect.objectContaining(given)]);
  });

  it('S14: does not work as a refresh token, nor the reverse', async () => {
    const refreshed = await service.post('/v1/auth/refresh', { refresh_token: owner.accessToken });
    expect(refreshed).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_INVALID' } });
    const me = await service.get('/v1/auth/me', { authorization: `Bearer ${owner.refreshToken}` });
    expect(me).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
  });

  it('S16: is read from the Authorization header only', async () => {
    const elsewhere: Record<string, string>[] = [
      {},
      { authorization: owner.accessToken },
      { authorization: `Basic ${owner.accessToken}` },
      { cookie: `access_token=${owner.accessToken}` },
    ];
    for (const headers of elsewhere) {
      const answer = await service.get(`/v1/auth/me?access_token=${owner.accessToken}`, headers);
      expect(answer.status).toBe(401);
      // RFC 6750 §3.1: without a token there is no error about one.
      expect(answer.headers.get('www-authenticate')).toBe(`Bearer ${metadata()}`);
    }
  });

  it('S16: is reported as wrong if one was sent, and is read with the white space of a pasted one', async () => {
    const me = (authorization: string) => service.get('/v1/auth/me', { authorization });
    for (const wrong of ['Bearer a b', 'Bearer token', `Bearer Bearer ${owner.accessToken}`]) {
      const { status, headers } = await me(wrong);
      expect([status, headers.get('www-authenticate')]).toEqual([
        401,
        `Bearer error="invalid_token", error_description="The access token is not valid", ${metadata()}`,
      ]);
    }
    expect((await me(`bearer  \t ${owner.accessToken} \t`)).status).toBe(200);
    const forbidden = await service.get('/v1/admin/users?email=a@example.com', owner.bearer);
    expect([forbidden.status, forbidden.headers.get('www-authenticate')]).toEqual([403, null]);
  });
});

describe('a service of another team', () => {
  const read = (org: string, bearer: object) =>
    fetch(`${urlOf(grades)}/orgs/${org}/grades`, { headers: { ...bearer } }).then(({ status }) => status);

  it('S38: lets nobody read data of another organisation', async () => {
    const bearer = { authorization: `Bearer ${owner.accessToken}` };
    expect(await read(orgId, bearer)).toBe(200);
    expect(await read('01900000-0000-7000-8000-000000000000', bearer)).toBe(403);
  });

  it('S64: lets nobody in because of a role in an organisation of their own', async () => {
    const founder = await registerAndLogin(service, { organization_name: 'Own' });
    expect(decodeJwt(founder.accessToken).roles).toEqual(['owner']);
    expect(await read(orgId, founder.bearer)).toBe(403);
    expect(await read(`${decodeJwt(founder.accessToken).org_id}`, founder.bearer)).toBe(200);
  });

  it('names an error of the token if one was sent', async () => {
    const challenge = async (headers: Record<string, string>) =>
      (await fetch(`${urlOf(grades)}/orgs/${orgId}/grades`, { headers })).headers.get('www-authenticate');
    expect(await challenge({})).toBe('Bearer');
    expect(await challenge({ authorization: 'Bearer token' })).toBe('Bearer error="invalid_token"');
  });

  it('S39: lets nobody in without the role', async () => {
    const stranger = await registerAndLogin(service);
    expect(await read(orgId, stranger.bearer)).toBe(403);
    expect(await read(orgId, {})).toBe(401);
  });

  it('gets the claims from the Lambda authorizer, and an answer that holds for every method of the API', async () => {
    const { handler } = await import('../../functions/packages/token-authorizer/index.ts');
    const methodArn = 'arn:aws:execute-api:eu-north-1:000000000000:api/prod/GET/grades';
    const authorizationToken = `Bearer ${owner.accessToken}`;
    expect(await handler({ type: 'TOKEN', authorizationToken, methodArn })).toMatchObject({
      principalId: owner.userId,
      policyDocument: {
        Statement: [{ Effect: 'Allow', Resource: 'arn:aws:execute-api:eu-north-1:000000000000:api/prod/*' }],
      },
      context: { sub: owner.userId, org_id: orgId, roles: 'owner', email_verified: false },
    });
  });
});
