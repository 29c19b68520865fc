/** What the stage, the platform and organisations demand, at every door that gives a token (S86). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { giveApp } from '../support/factors.ts';
import { raise } from '../support/levels.ts';
import { claimsOf, makeAdmin, newOrganization, proveAddress } from '../support/organizations.ts';
import { signInAt, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin, type Tokens } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const LEVEL_2 = 'urn:identity:acr:2';

const demandOf = (service: Service, orgId: string, roles: string, from = 'now()') =>
  service.sql(`update organizations set level_2_roles = $2, level_2_from = ${from} where org_id = $1`, [orgId, roles]);
const refresh = (service: Service, { refreshToken }: Tokens, org_id?: string) =>
  service.post('/v1/auth/refresh', { refresh_token: refreshToken, ...(org_id ? { org_id } : {}) });
const login = (service: Service, { email, password }: Person) => service.post('/v1/auth/login', { email, password });
const refused = { status: 403, body: { code: 'REAUTHENTICATION_REQUIRED', acr_values: LEVEL_2 } };

/** A token that sets up a second factor, and opens nothing else. */
async function expectEnrolment(service: Service, answer: Awaited<ReturnType<typeof login>>) {
  expect([answer.status, answer.body.enrolment_required]).toEqual([200, true]);
  const token = { accessToken: answer.body.access_token as string };
  expect(claimsOf(token)).toMatchObject({ aud: service.url, org_id: null, roles: [], acr: 'urn:identity:acr:1' });
  const authorization = `Bearer ${token.accessToken}`;
  expect((await service.get('/v1/auth/me', { authorization })).status).toBe(200);
  for (const path of ['/v1/orgs', '/v1/auth/me/export']) {
    expect(await service.get(path, { authorization })).toMatchObject(refused);
  }
  expect((await service.get('/oauth/userinfo', { authorization })).status).toBe(403);
}

describe('an organisation that asks its owners for two factors', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(() => service.stop());
  afterEach(() => service.setClockOffset(0));

  async function ownerOf(from?: string) {
    const person = await registerAndLogin(service);
    await proveAddress(service, person);
    const org = await newOrganization(service, person);
    await demandOf(service, org, '{owner}', from);
    return { person, org };
  }

  it('S86: gives none of its tokens to a session below, by refresh or by a change to it', async () => {
    const { person, org } = await ownerOf();
    expect(await refresh(service, person, org)).toMatchObject(refused);
    // The refresh token is none the worse.
    const without = await refresh(service, person);
    expect(without.status).toBe(200);
    await raise(service, person);
    const within = await refresh(service, { ...person, refreshToken: without.body.refresh_token }, org);
    expect(claimsOf({ accessToken: within.body.access_token })).toMatchObject({ org_id: org, acr: LEVEL_2 });
    // Past an hour without use, the session is at level 1 again.
    service.setClockOffset(3601);
    const last = { ...person, refreshToken: within.body.refresh_token };
    expect(await refresh(service, last)).toMatchObject(refused);
    await raise(service, person, -3601);
    expect((await refresh(service, last)).status).toBe(200);
  });

  it('S86: asks whoever signs in for the factor, and lets whoever has none set one up', async () => {
    const { person } = await ownerOf();
    await expectEnrolment(service, await login(service, person));
    await giveApp(service, person.userId);
    expect(await login(service, person)).toMatchObject({ status: 403, body: { code: 'SECOND_FACTOR_REQUIRED' } });
  });

  it('S86: is managed from no other organisation’s token', async () => {
    const { person, org } = await ownerOf();
    expect(await service.get(`/v1/orgs/${org}/members`, person.bearer)).toMatchObject(refused);
    await raise(service, person);
    expect((await service.get(`/v1/orgs/${org}/members`, person.bearer)).status).toBe(200);
  });

  it('asks nobody before its day, and nobody with other roles', async () => {
    const { person, org } = await ownerOf(`now() + interval '1 day'`);
    const early = await refresh(service, person, org);
    expect(early.status).toBe(200);
    await demandOf(service, org, '{teacher}');
    service.setClockOffset(2);
    expect((await refresh(service, { ...person, refreshToken: early.body.refresh_token })).status).toBe(200);
  });

  it('S86: no wrong codes take the factor away that a login asks for', async () => {
    const { person } = await ownerOf();
    await giveApp(service, person.userId);
    await service.sql('update factors set closed_at = now() where user_id = $1', [person.userId]);
    expect(await login(service, person)).toMatchObject({ status: 403, body: { code: 'SECOND_FACTOR_REQUIRED' } });
  });
});

describe('an administrator of the platform', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(() => service.stop());

  it('S86: acts at level 2 alone', async () => {
    const person = await registerAndLogin(service);
    const admin = await makeAdmin(service, person);
    const look = () => service.get(`/v1/admin/users/${person.userId}`, admin.bearer);
    expect((await look()).status).toBe(200);
    await service.sql('update sessions set level_until = null where session_id = $1', [admin.sessionId]);
    expect(await look()).toMatchObject(refused);
    expect(await refresh(service, admin)).toMatchObject(refused);
    await expectEnrolment(service, await login(service, person));
  });
});

describe('a stage that asks everybody', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService({ secondFactor: 'required' });
  });
  afterAll(() => service.stop());

  it('S86: gives whoever has nothing set up a token that does that', async () => {
    const person = await registerAndLogin(service);
    await expectEnrolment(service, await login(service, person));
    expect(await refresh(service, person)).toMatchObject(refused);
    const again = await service.post('/v1/auth/reauthenticate', { password: person.password }, person.bearer);
    expect([again.status, again.body.enrolment_required]).toEqual([200, true]);
    await raise(service, person);
    const full = await refresh(service, person);
    expect(claimsOf({ accessToken: full.body.access_token })).toMatchObject({ aud: 'huleedu-platform', acr: LEVEL_2 });
    expect(full.body.enrolment_required).toBeUndefined();
  });

  it('S86: opens at the pages of the account what sets one up, and nothing else', async () => {
    const person = await registerAndLogin(service);
    const browser = visitor(service);
    await signInAt(browser, person);
    for (const page of ['profile', 'applications', 'organizations', 'export', 'password', 'delete']) {
      await browser.open(`/account/${page}`);
      expect(browser.location()).toBe('/account');
    }
    expect((await browser.open(browser.location())).body).toContain('This service asks you for a second factor.');
    for (const page of ['', '/sessions', '/recovery-codes', '/passkeys', '/authenticator']) {
      expect((await browser.open(`/account${page}`)).status).toBe(200);
    }

    await giveApp(service, person.userId);
    await browser.open('/account/profile');
    expect(browser.location()).toBe('/account/confirm?to=%2Faccount%2Fprofile');
    const levelUntil = (until: string) =>
      service.sql(`update sessions set level_at = now(), level_until = ${until} where user_id = $1`, [person.userId]);
    await levelUntil(`now() + interval '1 hour'`);
    expect((await browser.open('/account/profile')).status).toBe(200);
    // A form that was opened before opens no more than its page.
    await levelUntil('null');
    await browser.submit({ first_name: 'Ada', last_name: 'Lovelace' });
    expect(browser.location()).toBe('/account/confirm?to=%2Faccount%2Fprofile');
  });
});
