/** Machines without a secret: a platform's token says what they are, and the settings which client that is (S77). */
import { createHmac } from 'node:crypto';
import { decodeJwt, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../functions/domain/client.ts';
import { ASSERTION_TYPE, tokenTypes } from '../../functions/domain/client-credentials.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { formTo } from '../support/grants.ts';
import { registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import {
  clusterClaims,
  gitHubClaims,
  stsClaims,
  type WorkloadIssuer,
  workloadIssuer,
} from '../support/workload-issuer.ts';

const CLUSTER = 'https://kubernetes.default.svc.cluster.local';
let service: Service;
let platform: WorkloadIssuer;
/** Its keys are in the settings; nobody can reach it. */
let cluster: WorkloadIssuer;
let grader: TestClient;
const names = { grader: 'c_grader', deploys: 'c_deploys', reports: 'c_reports', both: 'c_both', app: 'c_app' };

beforeAll(async () => {
  [platform, cluster] = await Promise.all([workloadIssuer(), workloadIssuer('ES384')]);
  const role = (name: string) => ({ principal_id: `arn:aws:iam::111122223333:role/${name}` });
  const byRole = (client: string, name: string) => ({ client, claims: { 'https://sts.amazonaws.com/': role(name) } });
  service = await startService({
    fetchAllow: platform.host,
    maxConcurrency: 1,
    trustedIssuers: [
      {
        issuer: platform.url('sts'),
        workloads: [
          byRole(names.grader, 'grader'),
          byRole(names.grader, 'graders/*-eu'),
          byRole(names.both, 'both'),
          byRole(names.reports, 'bo*'),
          byRole(names.app, 'app'),
          byRole('c_nowhere', 'nowhere'),
        ],
      },
      {
        issuer: platform.url('github'),
        workloads: [
          { client: names.deploys, claims: { sub: 'repo:acme/*:ref:refs/heads/main', repository_owner: 'acme' } },
        ],
      },
      {
        ...{
          issuer: CLUSTER,
          algorithms: ['ES384'],
          audience: 'identity',
          jwks: structuredClone(cluster.jwks) as never,
        },
        workloads: [
          {
            client: names.reports,
            claims: { 'kubernetes.io': { namespace: 'essays', serviceaccount: { name: 'reports' } } },
          },
        ],
      },
      // Where nobody has asked yet, and where nobody may.
      ...['silent', 'broken', 'other']
        .map((name) => platform.url(name))
        .concat('http://127.0.0.1:9/sts')
        .map((issuer) => ({
          ...{ issuer, workloads: [{ client: names.grader, claims: { sub: 'x' } }] },
        })),
    ],
  });
  const machine = (clientId: string, more = {}) =>
    newClient(service, 'machine', { clientId, authentication: 'workload', audiences: ['essays'], ...more });
  const grants = ['client_credentials', TOKEN_EXCHANGE] as const;
  grader = await machine(names.grader, {
    scopes: ['essays:read', 'essays:write'],
    grants,
    first_party: true,
    audiences: ['huleedu-platform'],
  });
  for (const name of [names.deploys, names.reports, names.both]) await machine(name);
  await newClient(service, 'confidential', { clientId: names.app });
});
afterAll(async () => {
  await service.stop();
  await Promise.all([platform.close(), cluster.close()]);
});
beforeEach(() => {
  platform.asked = 0;
});
afterEach(() => {
  platform.answer = undefined;
});

/** Without any credentials: the token is all. */
const ask = (fields: Record<string, string>) =>
  service.send('POST', '/oauth/token', new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
const bear = (assertion: string, more: Record<string, string> = {}) =>
  ask({ grant_type: JWT_BEARER, assertion, ...more });
const subject = (token: string) =>
  ask({ grant_type: TOKEN_EXCHANGE, subject_token: token, subject_token_type: tokenTypes.jwt });
const ofRole = (role = 'grader', over: object = {}, header: object = {}) =>
  platform.sign(stsClaims(platform.url('sts'), service.url, role), over, header);
const invalid = { status: 400, body: expect.objectContaining({ error: 'invalid_grant' }) };
const now = () => Math.floor(Date.now() / 1000);

describe('a workload', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['a role of an AWS account', () => ofRole(), names.grader],
    ['a role of a path by a pattern', () => ofRole('graders/north-eu'), names.grader],
    [
      'a job of GitHub Actions',
      () => platform.sign(gitHubClaims(platform.url('github'), service.url, 'acme/shop', 'refs/heads/main')),
      names.deploys,
    ],
    [
      'a service account of a cluster',
      () => cluster.sign(clusterClaims(CLUSTER, 'identity', 'essays', 'reports')),
      names.reports,
    ],
  ])('%s has the token of its client, and no secret', async (_, token, clientId) => {
    const { status, headers, body } = await bear(await token());
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 900 } });
    expect(body).not.toHaveProperty('issued_token_type');
    expect(headers.get('cache-control')).toBe('no-store');
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({ iss: service.url, sub: clientId, client_id: clientId });
    expect(claims).not.toHaveProperty('sid');
  });

  it('asks for less by scope and resource, and for no more', async () => {
    expect((await bear(await ofRole())).body.scope).toBe('essays:read essays:write');
    expect((await bear(await ofRole(), { scope: 'essays:read' })).body.scope).toBe('essays:read');
    expect(await bear(await ofRole(), { scope: 'account' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    expect(await bear(await ofRole(), { resource: 'https://else.example' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_target' },
    });
  });

  it('shows it as the subject of an exchange, too, and as its own assertion at every grant that its client has', async () => {
    const exchanged = await subject(await ofRole());
    expect(exchanged.body).toMatchObject({
      issued_token_type: tokenTypes.accessToken,
      scope: 'essays:read essays:write',
    });
    expect(decodeJwt(exchanged.body.access_token)).toMatchObject({ sub: names.grader });
    const shown = { client_assertion_type: ASSERTION_TYPE, client_assertion: await ofRole() };
    expect((await ask({ grant_type: 'client_credentials', ...shown })).status).toBe(200);
    // It acts for a person, without a secret.
    const person = await registerAndLogin(service);
    const acts = await ask({
      ...{ grant_type: TOKEN_EXCHANGE, subject_token: person.accessToken, subject_token_type: tokenTypes.accessToken },
      ...shown,
    });
    expect(decodeJwt(acts.body.access_token)).toMatchObject({ sub: person.userId, act: { sub: names.grader } });
  });

  it('S77: has no other way in: its client has no secret, and its name alone opens nothing', async () => {
    for (const basic of [{}, { authorization: `Basic ${btoa(`${names.grader}:`)}` }]) {
      const answer = await formTo(service, '/oauth/token', { ...grader, basic }, { grant_type: 'client_credentials' });
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    }
  });

  it('S77: may show its token until that ends, with no call to the database and none to its platform', async () => {
    const token = await ofRole();
    await bear(token);
    platform.asked = 0;
    const calls = await service.callsDuring(async () => {
      for (let times = 0; times < 3; times++) expect((await bear(token)).status).toBe(200);
    });
    expect(calls).toEqual({ 'kms.Sign': 3 });
    expect(platform.asked).toBe(0);
  });
});

describe('S77: a token of a trusted issuer is refused', () => {
  const claims = (over: object) => ofRole('grader', over);
  it.each<[string, () => Promise<string>]>([
    ['without an end', () => claims({ exp: undefined })],
    ['without its beginning', () => claims({ iat: undefined })],
    ['without an audience', () => claims({ aud: undefined })],
    ['that lasts longer than an issuer’s may', () => claims({ exp: now() + 3_700, iat: now() })],
    ['that lasted longer, and is nearly over', () => claims({ exp: now() + 60, iat: now() - 7_200 })],
    ['that ends before it begins', () => claims({ exp: now() + 10, iat: now() + 20 })],
    ['from the future', () => claims({ iat: now() + 120, exp: now() + 300 })],
    ['before its time', () => claims({ nbf: now() + 120 })],
    ['after its end', () => claims({ iat: now() - 300, exp: now() - 60 })],
    ['for another audience', () => claims({ aud: 'https://other.example' })],
    ['for something below us', () => claims({ aud: `${service.url}/` })],
    ['for us and another', () => claims({ aud: [service.url, 'https://other.example'] })],
    ['for us twice', () => claims({ aud: [service.url, service.url] })],
    ['of no issuer', () => claims({ iss: undefined })],
    ['of another issuer', () => claims({ iss: 'https://other.example' })],
    ['of an issuer whose name goes on', () => claims({ iss: `${platform.url('sts')}/` })],
    ['of the other issuer with the same keys', () => claims({ iss: platform.url('github') })],
    ['of a key that it has not', () => ofRole('grader', {}, { kid: 'two' })],
    ['of a role that is like it', () => ofRole('grader2')],
    ['of a role whose path goes on', () => ofRole('graders/a/b-eu')],
    [
      'of a role that acts for it',
      () => claims({ 'https://sts.amazonaws.com/': { principal_id: 'arn:aws:iam::111122223333:role/x' } }),
    ],
    [
      'of a role that is a list',
      () => claims({ 'https://sts.amazonaws.com/': { principal_id: ['arn:aws:iam::111122223333:role/grader'] } }),
    ],
    ['without the claim', () => claims({ 'https://sts.amazonaws.com/': null })],
    ['that fits two clients', () => ofRole('both')],
    ['of a client that people sign in to', () => ofRole('app')],
    ['of a client that is not there', () => ofRole('nowhere')],
    [
      'of a pull request',
      () => platform.sign(gitHubClaims(platform.url('github'), service.url, 'acme/shop', 'refs/pull/1/merge')),
    ],
    [
      'of another’s repository',
      () => platform.sign(gitHubClaims(platform.url('github'), service.url, 'evil/acme', 'refs/heads/main')),
    ],
    ['of another namespace', () => cluster.sign(clusterClaims(CLUSTER, 'identity', 'other', 'reports'))],
    [
      'by an algorithm that the issuer has not',
      () => platform.sign(clusterClaims(CLUSTER, 'identity', 'essays', 'reports')),
    ],
    ['by somebody else', async () => (await workloadKey()).sign(stsClaims(platform.url('sts'), service.url, 'grader'))],
    ['by nobody', async () => new UnsecuredJWT(stsClaims(platform.url('sts'), service.url, 'grader')).encode()],
    ['by the public key as a secret', async () => byPublicKey()],
    ['that is none', async () => 'a.b.c'],
    ['that is one of ours', async () => (await bear(await ofRole())).body.access_token],
    [
      'that is a client’s own assertion',
      () => platform.sign({ ...stsClaims(names.grader, service.url, 'x'), sub: names.grader }),
    ],
  ])('%s', async (_, token) => {
    const given = await token();
    expect(await bear(given)).toMatchObject(invalid);
    expect(await subject(given)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('in the name of another client, or beside another way', async () => {
    expect((await bear(await ofRole(), { client_id: names.grader })).status).toBe(200);
    expect(await bear(await ofRole(), { client_id: names.reports })).toMatchObject(invalid);
    const other = await newClient(service, 'machine');
    const both = { grant_type: JWT_BEARER, assertion: await ofRole() };
    expect(await formTo(service, '/oauth/token', other, both)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    expect(await ask({ grant_type: JWT_BEARER })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('at every other endpoint', async () => {
    const shown = { client_assertion_type: ASSERTION_TYPE, client_assertion: await ofRole(), token: 'x' };
    const body = new URLSearchParams(shown).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await service.send('POST', '/oauth/introspect', body, headers)).toMatchObject({ status: 401 });
  });
});

async function workloadKey(): Promise<WorkloadIssuer> {
  const other = await workloadIssuer();
  await other.close();
  return other;
}

function byPublicKey(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'HS256', kid: 'one' })}.${part(stsClaims(platform.url('sts'), service.url, 'grader'))}`;
  return `${input}.${createHmac('sha256', JSON.stringify(platform.jwks.keys[0])).update(input).digest('base64url')}`;
}

describe('an issuer that does not answer', () => {
  const unavailable = { status: 503, body: { error: 'temporarily_unavailable' } };

  it.each([
    ['answers 503', 'silent', { status: 503, body: '' }],
    ['answers with a page', 'broken', { status: 200, body: '<!doctype html>' }],
    [
      'says that it is another',
      'other',
      { status: 200, body: '{"issuer":"https://other.example","jwks_uri":"https://other.example/"}' },
    ],
  ])('S77: that %s is no fault of the workload’s: it may try again', async (_, name, answer) => {
    platform.answer = answer;
    const given = await bear(await platform.sign({ ...stsClaims(platform.url(name), service.url, 'x'), sub: 'x' }));
    expect(given).toMatchObject(unavailable);
    expect(given.headers.get('retry-after')).toBe('5');
  });

  it('S78: is not asked where functions may not fetch', async () => {
    const token = await platform.sign({ ...stsClaims('http://127.0.0.1:9/sts', service.url, 'x'), sub: 'x' });
    expect(await bear(token)).toMatchObject(unavailable);
  });

  it('counts further by its keys of before for an hour, and a changed key within a minute', async () => {
    expect((await bear(await ofRole())).status).toBe(200);
    platform.answer = { status: 503, body: '' };
    service.setClockOffset(11 * 60);
    try {
      const later = now() + 11 * 60;
      expect((await bear(await ofRole('grader', { iat: later, exp: later + 300 }))).status).toBe(200);
      expect(platform.asked).toBe(1);
    } finally {
      service.setClockOffset(0);
    }
  });
});

describe('discovery', () => {
  it('names the grant of workloads where the stage trusts an issuer', async () => {
    const { grant_types_supported: grants } = (await service.get('/.well-known/openid-configuration')).body;
    expect(grants).toEqual(expect.arrayContaining([JWT_BEARER, TOKEN_EXCHANGE]));
  });
});
