/** /account: the account as its owner runs it, by plain forms. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { App } from '../support/factors.ts';
import { newestMail } from '../support/mailbox.ts';
import { newOrganization } from '../support/organizations.ts';
import { sendAt, sessionOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  person = await registerAndLogin(service, { person_name: { first_name: 'Ada', last_name: 'Lovelace' } });
  browser = visitor(service);
  await signInAt(browser, person);
});

const send = (path: string, fields?: Readonly<Record<string, string>>) => sendAt(browser, path, fields);

describe('the pages of the account', () => {
  it('lead to sign-in and back where nobody is signed in', async () => {
    const nobody = visitor(service);
    await nobody.open('/account/sessions');
    expect(nobody.location()).toBe('/sign-in?to=%2Faccount%2Fsessions');
    await nobody.open(nobody.location());
    await nobody.submit({ email: person.email, password: person.password });
    expect(nobody.location()).toBe('/account/sessions');
  });

  it('S74: lead back to no address that is none of theirs', async () => {
    for (const to of ['https://evil.example/', '//evil.example', '/account/../oauth/logout', '/account\\evil']) {
      const nobody = visitor(service);
      await nobody.open(`/sign-in?${new URLSearchParams({ to })}`);
      await nobody.submit({ email: person.email, password: person.password });
      expect(nobody.location()).toBe('/sign-in');
    }
  });

  it('show how each thing stands', async () => {
    const { body } = await browser.open('/account');
    expect(browser.heading()).toBe('Your account');
    for (const text of [person.email, 'Ada Lovelace', 'Not verified yet', '2 of them']) expect(body).toContain(text);
    expect((await browser.open('/account/nothing-of-ours')).status).toBe(404);
  });

  it('are in the language of the account, or the one that is chosen', async () => {
    await service.put('/v1/auth/me', { locale: 'sv' }, person.bearer);
    await browser.open('/account');
    expect(browser.heading()).toBe('Ditt konto');
    await browser.open('/account/sessions?lang=en');
    expect(browser.heading()).toBe('Sessions and devices');
  });

  it('change names and language, and say what is wrong with a name', async () => {
    const fields = { first_name: 'Augusta', last_name: 'King', display_name: 'Ada K', locale: 'sv' };
    const saved = await send('/account/profile', fields);
    expect(saved.body).toContain('Ditt namn och språk är sparade.');
    const { body } = await service.get('/v1/auth/me', person.bearer);
    expect(body).toMatchObject({
      person_name: { first_name: 'Augusta', last_name: 'King' },
      display_name: 'Ada K',
      locale: 'sv',
    });
    const refused = await send('/account/profile', { ...fields, last_name: 'King of all', first_name: '\u202e' });
    expect(refused.status).toBe(400);
    expect(refused.body).toContain('id="first_name-error"');
    expect(refused.body).toContain('value="King of all"');
  });

  it('end a session, then all others, and keep this one', async () => {
    const { body } = await browser.open('/account/sessions');
    expect(body).toContain('This browser');
    const id = person.sessionId;
    expect(body).toContain(`value="${id}"`);
    const ended = await send('/account/sessions', { action: 'end', id });
    expect(ended.body).toContain('The session has ended.');
    expect((await service.get('/v1/auth/me', person.bearer)).status).toBe(401);

    const second = visitor(service);
    await signInAt(second, person);
    const question = await browser.open('/account/sessions?ask=end-others');
    expect(browser.heading()).toBe('End all other sessions?');
    expect(question.body).toContain('This browser stays signed in.');
    await browser.submit({});
    expect((await browser.open(browser.location())).body).toContain('All other sessions have ended.');
    expect((await second.open('/account')).status).toBe(303);
  });

  it('S24: end no session of somebody else', async () => {
    const other = await registerAndLogin(service);
    await browser.open('/account/sessions');
    expect((await browser.submit({ action: 'end', id: other.sessionId })).status).toBe(404);
    expect((await service.get('/v1/auth/me', other.bearer)).status).toBe(200);
  });

  it('list the applications with consent, and take one back', async () => {
    const client = await newClient(service, 'public', { name: 'Essays' });
    await service.sql(
      `insert into consents (consent_id, user_id, client_id, scopes, resources, consent_hash, given_at)
       values (uuidv7(), $1, $2, '{openid,email}', '{}', '', now())`,
      [person.userId, client.clientId],
    );
    const { body } = await browser.open('/account/applications');
    expect(body).toContain('Essays');
    expect(body).toContain('see your email address');
    const [, link = ''] = /href="([^"]*ask=withdraw[^"]*)"/.exec(body) ?? [];
    await browser.open(link.replaceAll('&amp;', '&'));
    expect(browser.heading()).toBe('Take the access back?');
    await browser.submit({});
    await browser.open(browser.location());
    expect((await browser.open('/account/applications')).body).toContain('No application has asked you');
  });

  it('leave an organisation, but not as its last owner with others in it', async () => {
    const org = await newOrganization(service, person);
    await send(`/account/organizations?ask=leave&id=${org}`);
    const { body } = await service.get('/v1/orgs', person.bearer);
    expect(body.orgs).toContainEqual(expect.objectContaining({ org_id: org }));
  });
});

describe('an organisation’s policy', () => {
  const policyOf = async (org: string) => (await service.get(`/v1/orgs/${org}/policy`, person.bearer)).body;

  it('is set by an owner, who finds it as it is', async () => {
    const org = await newOrganization(service, person);
    const { body } = await browser.open('/account/organizations');
    expect(body).toContain(`href="/account/policy?id=${org}"`);
    const [found] = await service.sql('select name from organizations where org_id = $1', [org]);
    expect((await browser.open(`/account/policy?id=${org}`)).body).toContain(`What ${found?.name} asks of its members`);
    await browser.submit({ level_2: 'some', roles: 'teacher, admin', from: '28', shared_devices: 'true' });
    expect(browser.location()).toBe('/account/organizations?done=policy');
    const set = await policyOf(org);
    expect(set).toMatchObject({ level_2: { roles: ['teacher', 'admin'] }, shared_devices: true });
    const page = await browser.open(`/account/policy?id=${org}`);
    expect(page.body).toContain(`<option value="${set.level_2.from}" selected>`);
    await browser.submit({ level_2: 'all', roles: '', from: set.level_2.from });
    expect(await policyOf(org)).toEqual({ level_2: { roles: null, from: set.level_2.from }, shared_devices: false });
    await browser.open(`/account/policy?id=${org}`);
    await browser.submit({ level_2: 'none', from: '0' });
    expect(await policyOf(org)).toEqual({ level_2: null, shared_devices: false });
  });

  it('shuts no owner out unknowingly, takes no role by a wrong name, and is nobody else’s', async () => {
    const org = await newOrganization(service, person);
    await browser.open(`/account/policy?id=${org}`);
    const own = await browser.submit({ level_2: 'all', from: '0' });
    expect([own.status, own.body.includes('shut yourself out')]).toEqual([409, true]);
    const wrong = await browser.submit({ level_2: 'some', roles: 'No Role!', from: '7' });
    expect([wrong.status, wrong.body.includes('id="roles-error"')]).toEqual([400, true]);
    expect((await browser.submit({ level_2: 'all', from: 'tomorrow' })).status).toBe(400);
    expect(await policyOf(org)).toEqual({ level_2: null, shared_devices: false });
    const stranger = await registerAndLogin(service);
    const foreign = await newOrganization(service, stranger);
    expect((await browser.open(`/account/policy?id=${foreign}`)).status).toBe(404);
  });

  it('S85: asks who did not just sign in to confirm first', async () => {
    const org = await newOrganization(service, person);
    service.setClockOffset(301);
    await browser.open(`/account/policy?id=${org}`);
    expect(browser.location()).toBe('/account/confirm?to=%2Faccount%2Fpolicy');
    service.setClockOffset(0);
    await browser.open('/account/policy');
    expect(browser.location()).toBe('/account/organizations');
  });
});

describe('factors', () => {
  it('sets up an authenticator app by the key, then makes recovery codes, and removes the app', async () => {
    await browser.open('/account/authenticator');
    const begun = await browser.submit({});
    expect(begun.body).toContain('role="img"');
    const [, secret = ''] = /id="secret">([A-Z2-7 ]+)</.exec(begun.body) ?? [];
    const app = new App(secret.replaceAll(' ', ''));
    const wrong = await browser.submit({ code: app.wrongCode() });
    expect([wrong.status, browser.heading()]).toEqual([400, 'Set up an authenticator app']);
    expect(wrong.body).toContain('id="code-error"');
    await browser.submit({ code: app.code() });
    expect(browser.location()).toBe('/account/recovery-codes?done=app');
    await browser.open(browser.location());
    const made = await browser.submit({});
    const codes = [...made.body.matchAll(/<code>([0-9A-Z-]{19})<\/code>/g)];
    expect(codes).toHaveLength(10);
    expect((await browser.open('/account')).body).toContain('10 left');

    const second = visitor(service);
    await signInAt(second, person);
    await second.open('/second-factor?method=recovery');
    await second.submit({ code: codes[0]?.[1] ?? '' });
    expect(sessionOf(second)).not.toBe('');

    await browser.open('/account/authenticator?ask=remove');
    expect(browser.heading()).toBe('Remove the authenticator app?');
    await browser.submit({});
    expect((await browser.open(browser.location())).body).toContain('The authenticator app is removed.');
    await newestMail(service, person.email, 'factor_removed');
  });

  it('makes no recovery codes for who has nothing that they would stand in for', async () => {
    expect((await browser.open('/account/recovery-codes')).body).toContain('Set one up first.');
  });
});

it('S79: takes no form without its token, nor one from another site', async () => {
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  for (const page of ['profile', 'sessions', 'password', 'delete']) {
    await browser.open(`/account/${page}`);
    const fields = { action: 'end-others', understood: 'true', new_password: 'a much newer horse battery staple' };
    expect((await browser.submit({ ...fields, form_token: 'x' })).status).toBe(403);
    await browser.open(`/account/${page}`);
    expect((await browser.submit(fields, foreign)).status).toBe(403);
  }
  expect((await service.get('/v1/auth/me', person.bearer)).status).toBe(200);
});

it('S79: does to no account what a page of another one asked, which was open in another tab', async () => {
  const other = await registerAndLogin(service);
  await browser.open('/account/delete');
  const tab = visitor(service);
  for (const [name, value] of browser.cookies) tab.cookies.set(name, value);
  await signInAt(tab, other);
  for (const [name, value] of tab.cookies) browser.cookies.set(name, value);

  const refused = await browser.submit({ understood: 'true' });
  expect(refused).toMatchObject({ status: 403, body: expect.stringContaining('Nothing was changed.') });
  expect((await service.get('/v1/auth/me', other.bearer)).status).toBe(200);
  // The page is now the other's, and says so.
  expect(refused.body).toContain(other.email);
  expect(await browser.submit({ understood: 'true' })).toMatchObject({ status: 200 });
});
