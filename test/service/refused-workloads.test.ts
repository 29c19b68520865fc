/** What trusted issuers' tokens have to keep to, each rule by a token that breaks it alone (S77). */
import { createHmac } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JWT_BEARER } from '../../functions/domain/client.ts';
import { ASSERTION_TYPE } from '../../functions/domain/client-credentials.ts';
import { newClient } from '../support/clients.ts';
import { formTo } from '../support/grants.ts';
import { stsClaims, type WorkloadIssuer, workloadIssuer } from '../support/workload-issuer.ts';
import { names, startWorkloads, type Workloads } from '../support/workloads.ts';

let world: Workloads;
beforeAll(async () => {
  world = await startWorkloads();
});
afterAll(() => world.stop());

const invalid = { status: 400, body: expect.objectContaining({ error: 'invalid_grant' }) };
const now = () => Math.floor(Date.now() / 1000);

describe('S77: a token of a trusted issuer is refused', () => {
  const claims = (over: object) => world.ofRole('grader', over);
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
    ['for something below us', () => claims({ aud: `${world.service.url}/` })],
    ['for us and another', () => claims({ aud: [world.service.url, 'https://other.example'] })],
    ['for us twice', () => claims({ aud: [world.service.url, world.service.url] })],
    ['of no issuer', () => claims({ iss: undefined })],
    ['of another issuer', () => claims({ iss: 'https://other.example' })],
    ['of an issuer whose name goes on', () => claims({ iss: `${world.platform.url('sts')}/` })],
    ['of the other issuer with the same keys', () => claims({ iss: world.platform.url('github') })],
    ['of a key that it has not', () => world.ofRole('grader', {}, { kid: 'two' })],
    ['of a role that is like it', () => world.ofRole('grader2')],
    ['of a role whose path goes on', () => world.ofRole('graders/a/b-eu')],
    [
      'of a role that acts for it',
      () => claims({ 'https://sts.amazonaws.com/': { principal_id: 'arn:aws:iam::111122223333:role/x' } }),
    ],
    [
      'of a role that is a list',
      () => claims({ 'https://sts.amazonaws.com/': { principal_id: ['arn:aws:iam::111122223333:role/grader'] } }),
    ],
    ['without the claim', () => claims({ 'https://sts.amazonaws.com/': null })],
    ['that fits two clients', () => world.ofRole('both')],
    ['of a client that people sign in to', () => world.ofRole('app')],
    ['of a client that is not there', () => world.ofRole('nowhere')],
    ['of a pull request', () => world.ofJob('acme/shop', 'refs/pull/1/merge')],
    ['of another’s repository', () => world.ofJob('evil/acme', 'refs/heads/main')],
    ['of another namespace', () => world.ofAccount('other', 'reports')],
    ['by an algorithm that the issuer has not', () => world.ofAccount('essays', 'reports', world.platform)],
    [
      'by somebody else',
      async () => (await workloadKey()).sign(stsClaims(world.platform.url('sts'), world.service.url, 'grader')),
    ],
    [
      'by nobody',
      async () => new UnsecuredJWT(stsClaims(world.platform.url('sts'), world.service.url, 'grader')).encode(),
    ],
    ['by the public key as a secret', async () => byPublicKey()],
    ['that is none', async () => 'a.b.c'],
    ['that is one of ours', async () => (await world.bear(await world.ofRole())).body.access_token],
    [
      'that is a client’s own assertion',
      () => world.platform.sign({ ...stsClaims(names.grader, world.service.url, 'x'), sub: names.grader }),
    ],
  ])('%s', async (_, token) => {
    const given = await token();
    expect(await world.bear(given)).toMatchObject(invalid);
    expect(await world.asSubject(given)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('in the name of another client, or beside another way', async () => {
    expect((await world.bear(await world.ofRole(), { client_id: names.grader })).status).toBe(200);
    expect(await world.bear(await world.ofRole(), { client_id: names.reports })).toMatchObject(invalid);
    const other = await newClient(world.service, 'machine');
    const both = { grant_type: JWT_BEARER, assertion: await world.ofRole() };
    expect(await formTo(world.service, '/oauth/token', other, both)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    expect(await world.ask({ grant_type: JWT_BEARER })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it('at every other endpoint', async () => {
    const shown = { client_assertion_type: ASSERTION_TYPE, client_assertion: await world.ofRole(), token: 'x' };
    const body = new URLSearchParams(shown).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await world.service.send('POST', '/oauth/introspect', body, headers)).toMatchObject({ status: 401 });
  });
});

async function workloadKey(): Promise<WorkloadIssuer> {
  const other = await workloadIssuer();
  await other.close();
  return other;
}

function byPublicKey(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'HS256', kid: 'one' })}.${part(stsClaims(world.platform.url('sts'), world.service.url, 'grader'))}`;
  return `${input}.${createHmac('sha256', JSON.stringify(world.platform.jwks.keys[0])).update(input).digest('base64url')}`;
}
