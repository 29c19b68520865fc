/** /consent: what a person is asked before a third party may use the account. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { authorizeQuery, signedInBrowser } from '../support/oauth.ts';
import { type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let client: TestClient;
let browser: Visitor;

beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  person = await registerAndLogin(service);
  client = await newClient(service, 'public', {
    name: 'Essays & <more>',
    redirect_uris: ['https://essays.example/callback'],
    policy_uri: 'https://essays.example/privacy',
  });
  browser = await browserOf(person);
});

async function browserOf(who: Person): Promise<Visitor> {
  const visit = visitor(service);
  await signInAs(visit, who);
  return visit;
}
async function signInAs(visit: Visitor, who: Person) {
  const { headers } = await signedInBrowser(service, who);
  visit.cookies.set('identity', headers.cookie.slice('identity='.length));
}
const ask = (more: Parameters<typeof authorizeQuery>[1] = {}, to = client, visit = browser) =>
  visit.open(`/oauth/authorize?${authorizeQuery(to, more)}`);
/** A request that has led to the page, which is open. */
async function asked(more: Parameters<typeof authorizeQuery>[1] = {}, to = client) {
  await ask(more, to);
  expect(browser.location()).toMatch(/^\/consent\?request=/);
  return browser.open(browser.location());
}
const follow = async () => {
  for (let hops = 0; hops < 4 && browser.location().startsWith('/'); hops++) await browser.open(browser.location());
  return new URL(browser.location());
};
const consents = () => service.sql('select * from consents where user_id = $1', [person.userId]);

it('says who asks, for what, as whom, and where the answer goes', async () => {
  const { status, body, headers } = await asked({ scope: 'openid email account' });
  expect(status).toBe(200);
  expect(browser.heading()).toBe('Let Essays & <more> use your account?');
  for (const said of [person.email, 'essays.example', 'https://essays.example/privacy', 'see your email address']) {
    expect(body).toContain(said);
  }
  // A third party may not have it unless it is among its own.
  expect(body).not.toContain('change your account');
  expect(headers.get('content-security-policy')).toContain("form-action 'self' https://essays.example;");
});

it('goes on with the request when it is allowed, and asks no second time', async () => {
  await asked({ scope: 'openid email' });
  await browser.submit({ allow: 'true' });
  const { href, searchParams } = await follow();
  expect(href.split('?')[0]).toBe(client.redirectUri);
  expect(searchParams.get('code')).toMatch(/^[\w-]{43}$/);
  await ask({ scope: 'email' });
  expect(browser.location()).toContain('code=');
  expect(await consents()).toMatchObject([{ client_id: client.clientId, scopes: ['openid', 'email'] }]);
});

it('tells the client when it is denied, and remembers nothing', async () => {
  await asked();
  await browser.submit({ cancel: 'true' });
  const { href, searchParams } = new URL(browser.location());
  expect(href.split('?')[0]).toBe(client.redirectUri);
  expect(Object.fromEntries(searchParams)).toMatchObject({
    error: 'access_denied',
    state: 'as it was',
    iss: service.url,
  });
  expect(await consents()).toEqual([]);
});

it('adds to what was agreed before, and announces all of it', async () => {
  for (const scope of ['openid', 'email', 'openid profile']) {
    await asked({ scope });
    await browser.submit({ allow: 'true' });
    await follow();
  }
  await service.runJob('relay-outbox', { drain: true });
  const granted = service.events
    .events()
    .map(({ detail }) => detail as { event_type: string; data: { user_id: string; scopes: string[] } })
    .filter(({ event_type, data }) => event_type.includes('consent.granted') && data.user_id === person.userId);
  expect(granted.map(({ data }) => data.scopes)).toEqual([
    ['openid'],
    ['email', 'openid'],
    ['email', 'openid', 'profile'],
  ]);
  const audit = await service.sql(`select detail from audit_log where user_id = $1 and action = 'consent.granted'`, [
    person.userId,
  ]);
  expect(audit).toHaveLength(3);
});

describe('counts for what was shown alone:', () => {
  it('not for another client of the name', async () => {
    await asked();
    await service.sql(`update clients set consent_hash = 'another' where client_id = $1`, [client.clientId]);
    const again = await browser.submit({ allow: 'true' });
    expect([again.status, browser.heading()]).toEqual([200, 'Let Essays & <more> use your account?']);
    expect(await consents()).toEqual([]);
    await browser.submit({ allow: 'true' });
    expect((await follow()).searchParams.get('code')).not.toBeNull();
  });

  it('not for somebody else who has signed in in another tab', async () => {
    await asked();
    const other = await registerAndLogin(service);
    await signInAs(browser, other);
    const again = await browser.submit({ allow: 'true' });
    expect(again.status).toBe(200);
    expect(again.body).toContain(other.email);
    expect(await service.sql('select from consents where user_id = $1', [other.userId])).toEqual([]);
  });

  it('not where nobody is signed in any more: the request leads to the sign-in page', async () => {
    await asked();
    browser.cookies.delete('identity');
    await browser.submit({ allow: 'true' });
    expect((await browser.open(browser.location())).status).toBe(303);
    expect(browser.location()).toMatch(/^\/sign-in\?request=/);
  });

  it('once, however often the button is pressed, and also at once', async () => {
    await asked();
    await Promise.all([browser.submit({ allow: 'true' }), browser.submit({ allow: 'true' })]);
    expect(await consents()).toHaveLength(1);
  });
});

describe('S79: the form', () => {
  it('of another site is refused', async () => {
    await asked();
    const answer = await browser.submit(
      { allow: 'true' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    );
    expect(answer.status).toBe(403);
    expect(await consents()).toEqual([]);
  });

  it('with the token of another browser is shown once more', async () => {
    await asked();
    const answer = await browser.submit({ allow: 'true', form_token: 'A'.repeat(43) });
    expect([answer.status, browser.heading()]).toEqual([403, 'Let Essays & <more> use your account?']);
    expect(await consents()).toEqual([]);
  });
});

it('is a page that says what to do without a request, or with one that is forged', async () => {
  for (const path of ['/consent', '/consent?request=x']) {
    const { status, body } = await browser.open(path);
    expect([status, String(body).includes('Open the application anew')]).toEqual([400, true]);
  }
});
