/** /sign-in on the way from a client's request to its code. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { follow, sessionIdOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let client: TestClient;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  client = await newClient(service, 'public', { first_party: true });
});
afterAll(() => service.stop());
beforeEach(() => {
  service.setClockOffset(0);
  browser = visitor(service);
});

const credentials = () => ({ email: person.email, password: person.password });
const authorize = (more: Parameters<typeof authorizeQuery>[1] = {}) =>
  browser.open(`/oauth/authorize?${authorizeQuery(client, more)}`);

describe('for a client', () => {
  it('leads from the request to the page, and from there to the client with a code', async () => {
    await authorize({ login_hint: person.email, ui_locales: 'sv' });
    expect(browser.location()).toMatch(/^\/sign-in\?request=/);
    const page = await browser.open(browser.location());
    expect(page.body).toContain('lang="sv"');
    expect(page.body).toContain(`value="${person.email}"`);
    expect(page.headers.get('content-security-policy')).toContain(new URL(client.redirectUri).origin);
    await browser.submit(credentials());
    expect(browser.location()).toMatch(/^\/oauth\/authorize\?continue=/);
    expect(await follow(browser)).toMatch(`${client.redirectUri}?code=`);
  });

  it('gives the request back where the person cancels', async () => {
    await authorize();
    await browser.open(browser.location());
    await browser.submit({ cancel: 'true' });
    const { searchParams } = new URL(browser.location());
    expect(Object.fromEntries(searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'as it was',
      iss: service.url,
    });
  });

  it('asks who is signed in for the password alone, where the client wants it again', async () => {
    await signInAt(browser, person);
    service.setClockOffset(60);
    await authorize({ prompt: 'login' });
    const page = await browser.open(browser.location());
    expect(browser.heading()).toBe('Confirm that it is you');
    expect(page.body).toContain(person.email);
    await browser.submit(credentials());
    expect(await follow(browser)).toMatch(`${client.redirectUri}?code=`);
  });

  it('goes on by itself where a second tab signed in meanwhile', async () => {
    await authorize();
    const page = browser.location();
    await signInAt(browser, person);
    await browser.open(page);
    expect(await follow(browser)).toMatch(`${client.redirectUri}?code=`);
  });

  it('offers the account that there is, and another one', async () => {
    await signInAt(browser, person);
    service.setClockOffset(60);
    await authorize({ prompt: 'select_account' });
    const chooser = browser.location();
    await browser.open(chooser);
    expect(browser.heading()).toBe('Choose an account');
    await browser.submit({ account: '' });
    expect(browser.heading()).toBe('Sign in');
    await browser.open(chooser);
    await browser.submit({ account: sessionIdOf(browser) });
    expect(await follow(browser)).toMatch(`${client.redirectUri}?code=`);
  });

  it('says that a request is over, and where to sign in without it', async () => {
    await authorize();
    const page = browser.location();
    await browser.open(page);
    service.setClockOffset(31 * 60);
    const answer = await browser.submit(credentials());
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('href="/sign-in"');
    expect((await browser.open(page)).status).toBe(400);
  });
});
