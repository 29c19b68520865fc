/** Machines without a secret: a platform's token says what they are, and the settings which client that is (S77). */
import { decodeJwt } from 'jose';
import { v4 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../functions/domain/client.ts';
import { ASSERTION_TYPE, tokenTypes } from '../../functions/domain/client-credentials.ts';
import { newClient } from '../support/clients.ts';
import { formTo } from '../support/grants.ts';
import { registerAndLogin } from '../support/people.ts';
import { stsClaims } from '../support/workload-issuer.ts';
import { names, startWorkloads, type Workloads } from '../support/workloads.ts';

let world: Workloads;
beforeAll(async () => {
  world = await startWorkloads();
});
afterAll(() => world.stop());
afterEach(() => {
  world.platform.answer = undefined;
});

const now = () => Math.floor(Date.now() / 1000);

describe('a workload', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['a role of an AWS account', () => world.ofRole(), names.grader],
    ['a role of a path by a pattern', () => world.ofRole('graders/north-eu'), names.grader],
    ['a job of GitHub Actions', () => world.ofJob('acme/shop', 'refs/heads/main'), names.deploys],
    ['a service account of a cluster', () => world.ofAccount('essays', 'reports'), names.reports],
  ])('%s has the token of its client, and no secret', async (_, token, clientId) => {
    const { status, headers, body } = await world.bear(await token());
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 900 } });
    expect(body).not.toHaveProperty('issued_token_type');
    expect(headers.get('cache-control')).toBe('no-store');
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({ iss: world.service.url, sub: clientId, client_id: clientId });
    expect(claims).not.toHaveProperty('sid');
  });

  it('asks for less by scope and resource, and for no more', async () => {
    expect((await world.bear(await world.ofRole())).body.scope).toBe('essays:read essays:write');
    expect((await world.bear(await world.ofRole(), { scope: 'essays:read' })).body.scope).toBe('essays:read');
    expect(await world.bear(await world.ofRole(), { scope: 'account' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    expect(await world.bear(await world.ofRole(), { resource: 'https://else.example' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_target' },
    });
  });

  it('shows it as the subject of an exchange, too, and as its own assertion at every grant that its client has', async () => {
    const exchanged = await world.asSubject(await world.ofRole());
    expect(exchanged.body).toMatchObject({
      issued_token_type: tokenTypes.accessToken,
      scope: 'essays:read essays:write',
    });
    expect(decodeJwt(exchanged.body.access_token)).toMatchObject({ sub: names.grader });
    const wrong: Record<string, string>[] = [{ requested_token_type: tokenTypes.jwt }, { actor_token: 'x' }];
    for (const more of wrong) {
      const asked = {
        grant_type: TOKEN_EXCHANGE,
        subject_token: await world.ofRole(),
        subject_token_type: tokenTypes.jwt,
      };
      expect(await world.ask({ ...asked, ...more })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    }
    const shown = { client_assertion_type: ASSERTION_TYPE, client_assertion: await world.ofRole() };
    expect((await world.ask({ grant_type: 'client_credentials', ...shown })).status).toBe(200);
    // It acts for a person, without a secret.
    const person = await registerAndLogin(world.service);
    const acts = await world.ask({
      ...{ grant_type: TOKEN_EXCHANGE, subject_token: person.accessToken, subject_token_type: tokenTypes.accessToken },
      ...shown,
    });
    expect(decodeJwt(acts.body.access_token)).toMatchObject({ sub: person.userId, act: { sub: names.grader } });
  });

  it('S77: has no other way in: its client has no secret, and its name alone opens nothing', async () => {
    for (const basic of [{}, { authorization: `Basic ${btoa(`${names.grader}:`)}` }]) {
      const answer = await formTo(
        world.service,
        '/oauth/token',
        { ...world.grader, basic },
        { grant_type: 'client_credentials' },
      );
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    }
  });

  it('S77: may show its token until that ends, with no call to the database and none to its platform', async () => {
    const token = await world.ofRole();
    await world.bear(token);
    world.platform.asked = 0;
    const calls = await world.service.callsDuring(async () => {
      for (let times = 0; times < 3; times++) expect((await world.bear(token)).status).toBe(200);
    });
    expect(calls).toEqual({ 'kms.Sign': 3 });
    expect(world.platform.asked).toBe(0);
  });
});

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
    world.platform.answer = answer;
    const given = await world.bear(
      await world.platform.sign({ ...stsClaims(world.platform.url(name), world.service.url, 'x'), sub: 'x' }),
    );
    expect(given).toMatchObject(unavailable);
    expect(given.headers.get('retry-after')).toBe('5');
  });

  it('S77: is not kept from being asked by a client whose keys are said to be at its address', async () => {
    const address = world.platform.url('unasked');
    const { clientId } = await newClient(world.service, 'confidential', { jwks_uri: address });
    const asserted = await world.platform.sign({
      ...{ iss: clientId, sub: clientId, aud: world.service.url },
      jti: v4(),
    });
    const shown = { client_assertion_type: ASSERTION_TYPE, client_assertion: asserted };
    expect((await world.ask({ grant_type: 'authorization_code', code: 'x', ...shown })).status).toBe(503);
    const token = await world.platform.sign({ ...stsClaims(address, world.service.url, 'x'), sub: 'x' });
    expect((await world.bear(token)).status).toBe(200);
  });

  it('S78: is not asked where functions may not fetch', async () => {
    const token = await world.platform.sign({
      ...stsClaims('http://127.0.0.1:9/sts', world.service.url, 'x'),
      sub: 'x',
    });
    expect(await world.bear(token)).toMatchObject(unavailable);
  });

  it('counts further by its keys of before', async () => {
    expect((await world.bear(await world.ofRole())).status).toBe(200);
    world.platform.asked = 0;
    world.platform.answer = { status: 503, body: '' };
    world.service.setClockOffset(11 * 60);
    try {
      const later = now() + 11 * 60;
      expect((await world.bear(await world.ofRole('grader', { iat: later, exp: later + 300 }))).status).toBe(200);
      expect(world.platform.asked).toBe(1);
    } finally {
      world.service.setClockOffset(0);
    }
  });
});

describe('discovery', () => {
  it('names the grant of workloads where the stage trusts an issuer', async () => {
    const { grant_types_supported: grants } = (await world.service.get('/.well-known/openid-configuration')).body;
    expect(grants).toEqual(expect.arrayContaining([JWT_BEARER, TOKEN_EXCHANGE]));
  });
});
