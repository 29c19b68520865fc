/** The Lambda authorizer with each possible demand: whom it lets in, and for what. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const issuer = 'https://identity.example';
const audience = 'huleedu-platform';
const api = 'arn:aws:execute-api:eu-north-1:000000000000:api/prod';
const founder = { org_id: 'own', roles: ['owner', 'teacher'] };

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
beforeAll(async () => {
  keys = await generateKeyPair('RS256');
});
beforeEach(async () => {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one' };
  vi.stubGlobal('fetch', async () => Response.json({ keys: [jwk] }));
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
// A worker's files share their modules: what these know of this environment goes with it.
afterAll(() => vi.resetModules());

function token(claims: object = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const all = { sub: 'user', sid: 'session', jti: 'id', org_id: 'org', roles: ['teacher'], iat, exp: iat + 900 };
  return new SignJWT({ iss: issuer, aud: audience, email_verified: true, ...all, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'one' })
    .sign(keys.privateKey);
}

type Handler = typeof import('../../functions/packages/token-authorizer/index.ts').handler;
type Event = Parameters<Handler>[0];

/** Loads it as a cold start does. */
async function authorizer(variables: Record<string, string>): Promise<Handler> {
  for (const [name, value] of Object.entries({ ISSUER: issuer, AUDIENCE: audience, ...variables })) {
    vi.stubEnv(name, value);
  }
  return (await import('../../functions/packages/token-authorizer/index.ts')).handler;
}

interface Request {
  readonly claims?: object;
  readonly pathParameters?: Record<string, string>;
  readonly headers?: Record<string, string>;
}
const http = async ({ claims, headers = {}, pathParameters = {} }: Request) => {
  const authorization = `Bearer ${await token(claims)}`;
  const event = { version: '2.0', type: 'REQUEST', identitySource: [authorization, 'whatever'] };
  return { ...event, headers: { authorization, ...headers }, pathParameters } as unknown as Event;
};
const rest = async ({ claims, headers = {}, pathParameters = {} }: Request, twice: Record<string, string[]> = {}) => {
  const all = { Authorization: `Bearer ${await token(claims)}`, ...headers };
  return {
    type: 'REQUEST',
    methodArn: `${api}/GET/orgs/org/grades`,
    headers: all,
    multiValueHeaders: {
      ...Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
      ...twice,
    },
    pathParameters,
  } as unknown as Event;
};

/** Both APIs alike. */
async function letsIn(handler: Handler, request: Request): Promise<boolean> {
  const simple = await handler(await http(request));
  const policy = await handler(await rest(request));
  const effect = 'policyDocument' in policy && policy.policyDocument.Statement[0]?.Effect === 'Allow';
  const isAuthorized = 'isAuthorized' in simple && simple.isAuthorized;
  expect(isAuthorized).toBe(effect);
  return isAuthorized;
}

describe('for the organisation that the path names', () => {
  const demand = { ROLES: 'teacher', ORG_IN: 'path:org_id' };

  it('S64: lets its teachers in, and no teacher of another', async () => {
    const handler = await authorizer(demand);
    const pathParameters = { org_id: 'org' };
    expect(await letsIn(handler, { pathParameters })).toBe(true);
    expect(await letsIn(handler, { pathParameters, claims: founder })).toBe(false);
    expect(await letsIn(handler, { pathParameters, claims: { roles: ['member'] } })).toBe(false);
    expect(await letsIn(handler, { pathParameters: { org_id: '' }, claims: { org_id: null } })).toBe(false);
  });

  it('S64: lets nobody in if the path has no such parameter', async () => {
    const handler = await authorizer(demand);
    expect(await letsIn(handler, {})).toBe(false);
    expect(await letsIn(handler, { pathParameters: { other: 'org' } })).toBe(false);
    expect(await letsIn(handler, { claims: { org_id: null } })).toBe(false);
    expect(await letsIn(handler, { headers: { org_id: 'org' } })).toBe(false);
  });

  it('S64: answers a REST API for this request only', async () => {
    const handler = await authorizer(demand);
    for (const claims of [{}, founder]) {
      const answer = await handler(await rest({ claims, pathParameters: { org_id: 'org' } }));
      expect(answer).toMatchObject({ policyDocument: { Statement: [{ Resource: `${api}/GET/orgs/org/grades` }] } });
    }
  });
});

describe('for the organisation that a header names', () => {
  const demand = { ROLES: 'teacher', ORG_IN: 'header:x-org-id' };

  it('S64: lets its teachers in, and no teacher of another', async () => {
    const handler = await authorizer(demand);
    expect(await letsIn(handler, { headers: { 'x-org-id': 'org' } })).toBe(true);
    expect(await letsIn(handler, { headers: { 'x-org-id': 'org' }, claims: founder })).toBe(false);
    expect(await letsIn(handler, {})).toBe(false);
  });

  it('S64: lets nobody in if it is sent twice: the function behind may read the other', async () => {
    const handler = await authorizer(demand);
    const simple = await handler(await http({ headers: { 'x-org-id': 'org,own' } }));
    expect(simple).toMatchObject({ isAuthorized: false });
    const both: Record<string, string[]>[] = [
      { 'X-Org-Id': ['org', 'own'] },
      { 'X-Org-Id': ['org'], 'x-org-id': ['own'] },
    ];
    for (const twice of both) {
      const policy = await handler(await rest({ headers: { 'X-Org-Id': 'org' } }, twice));
      expect(policy).toMatchObject({ policyDocument: { Statement: [{ Effect: 'Deny' }] } });
    }
  });
});

it('S64: for one organisation lets nobody of another in', async () => {
  const handler = await authorizer({ ROLES: 'teacher owner', ORG_ID: 'org' });
  expect(await letsIn(handler, {})).toBe(true);
  expect(await letsIn(handler, { claims: founder, pathParameters: { org_id: 'org' } })).toBe(false);
});

it('S86: lets nobody in below the level that is demanded, nor after the age', async () => {
  const now = Math.floor(Date.now() / 1000);
  const sure = { acr: 'phr', auth_time: now };
  const handler = await authorizer({ ACR: 'urn:identity:acr:2', MAX_AGE: '300' });
  expect(await letsIn(handler, { claims: sure })).toBe(true);
  expect(await letsIn(handler, { claims: { ...sure, acr: 'urn:identity:acr:2' } })).toBe(true);
  for (const claims of [{ ...sure, acr: 'urn:identity:acr:1' }, { ...sure, auth_time: now - 400 }, {}]) {
    expect(await handler(await http({ claims }))).toMatchObject({ isAuthorized: false });
    // RFC 9470 §3: 401, so that the client signs the person in again.
    await expect(handler(await rest({ claims }))).rejects.toThrow('Unauthorized');
  }
});

it.each([
  [{ ISSUER: '' }, 'issuer: '],
  [{ AUDIENCE: '' }, 'audience: '],
  [{ AUDIENCE: ' ' }, 'audience: '],
  [{ ROLES: '' }, 'roles: '],
  [{ ROLES: 'teacher' }, 'roles: '],
  [{ ROLES: '', ORG_ID: 'org' }, 'roles: '],
  [{ ROLES: 'teacher ', ORG_ID: 'org' }, 'roles: '],
  [{ ROLES: 'teacher', ORG_ID: '' }, 'orgId: '],
])('S64: does not start with %j', async (variables, message) => {
  await expect(authorizer(variables)).rejects.toThrow(message);
});

it('S64: with unset roles or an unknown source, lets nobody in', async () => {
  for (const variables of [
    { ROLES: '', ORG_IN: 'path:org_id' },
    { ROLES: 'teacher', ORG_IN: '' },
  ]) {
    vi.resetModules();
    const handler = await authorizer(variables);
    const event = await http({ pathParameters: { org_id: 'org' } });
    const isAuthorized = await handler(event).then(
      (answer) => 'isAuthorized' in answer && answer.isAuthorized,
      () => false,
    );
    expect(isAuthorized).toBe(false);
  }
});

describe('for clients', () => {
  const machine = { sub: 'reports', client_id: 'reports', scope: 'essays:read', sid: undefined };

  it('takes people alone unless it is for machines or for all', async () => {
    const admitted = async (variables: Record<string, string>) => {
      const handler = await authorizer(variables);
      const answers = [await handler(await http({})), await handler(await http({ claims: machine }))];
      vi.resetModules();
      return answers.map((answer) => 'isAuthorized' in answer && answer.isAuthorized);
    };
    expect(await admitted({})).toEqual([true, false]);
    expect(await admitted({ CALLERS: 'machines' })).toEqual([false, true]);
    expect(await admitted({ CALLERS: 'all' })).toEqual([true, true]);
    expect(await admitted({ CALLERS: 'all', SCOPES: 'essays:read' })).toEqual([false, true]);
    await expect(authorizer({ CALLERS: 'robots' })).rejects.toThrow('CALLERS: robots');
  });

  it('passes on which client it is, and what it may do', async () => {
    const handler = await authorizer({ CALLERS: 'all', CLIENTS: 'reports' });
    expect(await handler(await http({ claims: machine }))).toMatchObject({
      isAuthorized: true,
      context: { sub: 'reports', client_id: 'reports', scope: 'essays:read', sid: '' },
    });
    expect(await handler(await http({}))).toMatchObject({ isAuthorized: false });
  });
});
