/** Ways to level 2 with less than a password and a mailbox, and of keeping an owner from it (`mailAsSecondFactor`). */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { grantPlatformAdmin } from '../../functions/store/platform-roles.ts';
import { deliverMail, mailedCode } from '../support/mailbox.ts';
import { claimsOf, otherThan, provedPerson, signInByMail } from '../support/mailed-logins.ts';
import { newOrganization } from '../support/organizations.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import { signInAt, visitor } from '../support/page-visitor.ts';
import type { Person } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const LEVEL_2 = 'urn:identity:acr:2';

let service: Service;
let person: Person;
let org: string;
beforeAll(async () => {
  service = await sharedService({ mailAsSecondFactor: 'level2', emailLogin: 'on' });
});
afterAll(() => service.stop());
beforeEach(async () => {
  person = await provedPerson(service);
  org = await newOrganization(service, person);
});

const demand = () => service.sql('update organizations set level_2_from = now() where org_id = $1', [org]);
const login = (more: object = {}) =>
  service.post('/v1/auth/login', { email: person.email, password: person.password, ...more });
const askFor = (mfa_token: string) => service.post('/v1/auth/second-factor/email-code', { mfa_token });
const show = (mfa_token: string, code: string) =>
  service.post('/v1/auth/second-factor', { mfa_token, method: 'email', code });
const codeOf = () => mailedCode(service, person.email, 'second_factor');
async function signInAtLevel2() {
  const { mfa_token } = (await login()).body;
  await askFor(mfa_token);
  return show(mfa_token, await codeOf());
}

it('S86: the mailbox alone gives no password that a mailed code counts beside', async () => {
  const { body } = await signInByMail(service, person.email);
  const authorization = `Bearer ${body.access_token}`;
  const changed = await service.post(
    '/v1/auth/change-password',
    { new_password: 'of the mailbox alone' },
    { authorization },
  );
  expect(changed.status).toBe(204);
  await demand();
  person = { ...person, password: 'of the mailbox alone' };
  expect(await login()).toMatchObject({ status: 200, body: { enrolment_required: true } });
});

it('S86: who signs in by mail and gives the password as well sets one that counts', async () => {
  const signedIn = await signInByMail(service, person.email);
  const authorization = `Bearer ${signedIn.body.access_token}`;
  const sent = { current_password: person.password, new_password: 'of both of them, once' };
  expect((await service.post('/v1/auth/change-password', sent, { authorization })).status).toBe(204);
  await demand();
  person = { ...person, password: sent.new_password };
  expect((await login()).body.methods).toEqual(['email']);
});

it('S86: whoever becomes an administrator of the platform keeps no level that a mailed code gave', async () => {
  await demand();
  const { body } = await signInAtLevel2();
  const database = await databaseOf(service);
  await grantPlatformAdmin(database, person.email, contextAt(new Date()));
  expect(await service.post('/v1/auth/refresh', { refresh_token: body.refresh_token })).toMatchObject({
    status: 403,
    body: { code: 'REAUTHENTICATION_REQUIRED', acr_values: LEVEL_2 },
  });
});

it('S83: wrong codes of all sessions and devices together are a hundred at most', async () => {
  const limits = { mailedFactorGuess: { limit: 3, windowSeconds: 30 * 86_400 } };
  service = await sharedService({ mailAsSecondFactor: 'level2', rateLimiting: 'on', rateLimits: limits });
  try {
    person = await provedPerson(service);
    for (const statuses of [
      [401, 401],
      [401, 429],
    ]) {
      const browser = visitor(service);
      await signInAt(browser, person);
      await browser.open('/second-factor?again=true&method=email');
      await browser.submit({ mail: 'true' });
      const code = otherThan(await codeOf());
      for (const status of statuses) expect((await browser.submit({ code })).status).toBe(status);
    }
  } finally {
    service = await sharedService({ mailAsSecondFactor: 'level2', emailLogin: 'on' });
  }
});

it('S67: a known device has mails of its own, whatever whoever has the password asks for elsewhere', async () => {
  service = await sharedService({ mailAsSecondFactor: 'level2', rateLimiting: 'on' });
  try {
    person = await provedPerson(service);
    org = await newOrganization(service, person);
    const { device_token } = (await login()).body;
    await demand();
    const { mfa_token } = (await login()).body;
    for (const status of [202, 202, 202, 429]) expect((await askFor(mfa_token)).status).toBe(status);
    await deliverMail(service);
    const own = (await login({ device_token })).body.mfa_token;
    for (const status of [202, 202, 202, 429]) {
      expect((await askFor(own)).status).toBe(status);
      // Mails that are due together are sent in any order.
      await deliverMail(service);
    }
    expect(claimsOf(await show(own, await codeOf()))).toMatchObject({ acr: LEVEL_2 });
  } finally {
    service = await sharedService({ mailAsSecondFactor: 'level2', emailLogin: 'on' });
  }
});

it('keeps the field of a code that was mailed where the language is changed', async () => {
  await demand();
  const browser = visitor(service);
  await signInAt(browser, person);
  await browser.open(browser.location());
  const { body } = await browser.submit({ mail: 'true' });
  const [, href = ''] = /href="([^"]*lang=sv[^"]*)"/.exec(String(body)) ?? [];
  const page = await browser.open(`/${href.replaceAll('&amp;', '&').replace(/^\//, '')}`);
  expect(String(page.body)).toContain('id="code"');
});

it('lets an owner whom a mailed code lets in ask for level 2 at once', async () => {
  const asked = (authorization: string) => service.put(`/v1/orgs/${org}/policy`, { level_2: {} }, { authorization });
  const { body } = await login();
  expect((await asked(`Bearer ${body.access_token}`)).status).toBe(200);
  const own = await signInAtLevel2();
  expect(claimsOf(own)).toMatchObject({ acr: LEVEL_2, org_id: org });
  await service.sql('update users set password_from_mail = true where user_id = $1', [person.userId]);
  expect((await asked(`Bearer ${own.body.access_token}`)).status).toBe(409);
});
