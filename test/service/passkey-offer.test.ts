/** /account/passkey-offer: where a sign-in leads whoever is on their own device, by whatever they signed in. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { giveApp } from '../support/factors.ts';
import { mailedCode } from '../support/mailbox.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { newOrganization, proveAddress } from '../support/organizations.ts';
import { follow, type Visitor, visitor } from '../support/page-visitor.ts';
import { givePasskey } from '../support/passkeys.ts';
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
  person = await registerAndLogin(service);
  browser = visitor(service);
});

/** As the page's script says it, of a device that makes passkeys. */
async function signIn(more: Readonly<Record<string, string>> = {}, path = '/sign-in?other=true') {
  await browser.open(path);
  if (path.startsWith('/oauth')) await browser.open(browser.location());
  const { email, password } = person;
  return browser.submit({ email, password, keep_signed_in: 'true', makes_passkeys: 'true', ...more });
}
const isOffered = () => browser.location().startsWith('/account/passkey-offer');

describe('a passkey is offered', () => {
  it('after a password on one’s own device, with the request that led there, once in ninety days', async () => {
    const client = await newClient(service, 'public', { first_party: true });
    const path = `/oauth/authorize?${authorizeQuery(client)}`;
    const answer = await signIn({}, path);
    expect(isOffered()).toBe(true);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^passkey-offered=true;.*Max-Age=7776000/);
    const { body } = await browser.open(browser.location());
    expect(browser.heading()).toBe('Sign in without a password next time?');
    const [, onwards = ''] = /href="([^"]*)" id="later"/.exec(String(body)) ?? [];
    await browser.open(onwards);
    expect(new URL(await follow(browser)).searchParams.has('code')).toBe(true);
    await signIn();
    expect(isOffered()).toBe(false);
  });

  it('after a password and a code', async () => {
    const app = await giveApp(service, person.userId);
    await signIn();
    await browser.open(browser.location());
    await browser.submit({ code: app.code(), makes_passkeys: 'true' });
    expect(isOffered()).toBe(true);
    expect((await browser.open(browser.location())).body).toContain('id="add"');
  });

  it('after a mailed code', async () => {
    const byMail = await sharedService({ emailLogin: 'on' });
    person = await registerAndLogin(byMail);
    browser = visitor(byMail);
    await browser.open('/sign-in-by-mail');
    await browser.submit({ email: person.email, keep_signed_in: 'true' });
    await browser.open(browser.location());
    await browser.submit({ code: await mailedCode(byMail, person.email), makes_passkeys: 'true' });
    expect(isOffered()).toBe(true);
    expect((await browser.open(browser.location())).body).toContain('id="add"');
  });

  it('not on a device that is not said to be one’s own, nor where its browser makes none', async () => {
    for (const missing of ['keep_signed_in', 'makes_passkeys']) {
      await signIn({ [missing]: '' });
      expect(isOffered()).toBe(false);
    }
    await signIn();
    expect(isOffered()).toBe(true);
  });

  it('not where an organisation’s people share devices', async () => {
    await proveAddress(service, person);
    const org = await newOrganization(service, person);
    await service.sql('update organizations set shared_devices = true where org_id = $1', [org]);
    await signIn();
    expect(isOffered()).toBe(false);
    await service.sql('update organizations set shared_devices = false where org_id = $1', [org]);
    await signIn();
    expect(isOffered()).toBe(true);
  });

  it('to nobody who has one: they are led on', async () => {
    await givePasskey(service, person);
    await signIn();
    expect((await browser.open(browser.location())).status).toBe(303);
    expect(browser.location()).toBe('/sign-in');
  });

  it('without an end where an administrator took the factors: the page leads on', async () => {
    await signIn();
    await service.sql('update users set factors_reset_at = now() where user_id = $1', [person.userId]);
    const { status, body } = await browser.open(browser.location());
    expect(status).toBe(200);
    expect(body).not.toContain('id="add"');
    expect(body).toContain('id="later"');
  });

  it('S74: and leads on to no address that is none of ours', async () => {
    await signIn();
    const page = await browser.open('/account/passkey-offer?to=https://evil.example/&request=');
    expect(page.body).toMatch(/href="\/sign-in" id="later"/);
  });

  it('says so where what came is no passkey, and still leads on', async () => {
    await signIn();
    await browser.open(browser.location());
    const refused = await browser.submit({ credential: '{}' });
    expect(refused.status).toBe(400);
    expect(refused.body).toContain('No passkey was made.');
    expect(refused.body).toContain('id="later"');
  });
});
