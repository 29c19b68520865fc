/** Signing up, in and out in a real browser, with what people do to pages: go back, press twice, open two, wait too long. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { newestMail } from '../support/mailbox.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch } from './chromium.ts';

describe.skipIf(!chromiumPath)('signing in with a browser', () => {
  let service: Service;
  let browser: Browser;
  let apps: Server;
  let app: string;
  let first: TestClient;
  let second: TestClient;
  let person: Person;

  beforeAll(async () => {
    apps = createServer((_, response) => response.end('<h1>The app</h1>')).listen(0, 'localhost');
    [service, browser] = await Promise.all([sharedService(), launch()]);
    app = `http://localhost:${(apps.address() as AddressInfo).port}/callback`;
    const wishes = { first_party: true, redirect_uris: [app] };
    [first, second, person] = await Promise.all([
      newClient(service, 'public', wishes),
      newClient(service, 'public', wishes),
      registerAndLogin(service),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    apps?.close();
    await service?.stop();
  });
  afterEach(() => service.setClockOffset(0));

  async function inPage(javaScriptEnabled: boolean, look: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ javaScriptEnabled, locale: 'en-GB' });
    try {
      await look(await context.newPage());
    } finally {
      await context.close();
    }
  }

  const ask = (page: Page, client = first, more: Parameters<typeof authorizeQuery>[1] = {}) =>
    page.goto(`${service.url}/oauth/authorize?${authorizeQuery(client, more)}`);
  const atApp = (page: Page) =>
    page.waitForURL((url) => `${url.origin}${url.pathname}` === app && url.searchParams.has('code'));
  const heading = (page: Page) => page.locator('h1').textContent();

  const liveSessions = ({ userId }: Person) =>
    service.sql("select from sessions where user_id = $1 and kind = 'browser' and revoked_at is null", [userId]);

  async function typeIn(page: Page, { email, password } = person): Promise<void> {
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(password);
  }

  it('from sign-up to an app, to a second one without a password, and out again, without a script', () =>
    inPage(false, async (page) => {
      const email = newEmail();
      await ask(page);
      await page.locator('#create').click();
      await typeIn(page, { ...person, email });
      // Pressed twice: the page that comes is the second's, and takes the code all the same.
      await page.locator('#submit').dblclick();
      await page.locator('#code').waitFor();
      const mail = await newestMail(service, email, 'verify_email');
      await page.locator('#code').fill(/^\d{6}$/m.exec(mail.Body?.text_part ?? '')?.[0] ?? '');
      await page.locator('#submit').click();
      await atApp(page);

      await ask(page, second);
      await atApp(page);

      await page.goto(`${service.url}/oauth/logout`);
      expect(await page.locator('main').textContent()).toContain(email);
      await page.locator('#submit').click();
      expect(await heading(page)).toBe('You are signed out');
      await ask(page, second);
      expect(await heading(page)).toBe('Sign in');
    }));

  it('by a double click, and back again: the app is where both lead', () =>
    inPage(true, async (page) => {
      await ask(page);
      await typeIn(page);
      await page.locator('#submit').dblclick();
      await atApp(page);
      await page.goBack({ waitUntil: 'commit' });
      await atApp(page);
    }));

  it('in two tabs: the second may sign in too, or is taken on', () =>
    inPage(true, async (page) => {
      const [other, third] = [await page.context().newPage(), await page.context().newPage()];
      const owner = await registerAndLogin(service);
      for (const one of [page, other, third]) await ask(one);
      await typeIn(page, owner);
      await page.locator('#submit').click();
      await atApp(page);
      await typeIn(other, owner);
      await other.locator('#submit').click();
      await atApp(other);
      await third.reload();
      await atApp(third);
      // The session of the first tab has ended: in a list of sessions there is one of this browser.
      expect(await liveSessions(owner)).toHaveLength(1);
    }));

  it('after a wrong password, with the address still there; and the person may cancel', () =>
    inPage(true, async (page) => {
      await ask(page);
      await typeIn(page, { ...person, password: 'not the password at all' });
      await page.locator('#submit').click();
      await page.getByRole('alert').waitFor();
      expect(await page.locator('#email').inputValue()).toBe(person.email);
      expect(await page.locator('#password').inputValue()).toBe('');
      await page.locator('#cancel').click();
      await page.waitForURL((url) => url.searchParams.get('error') === 'access_denied');
    }));

  it('too late: the page says so, and leads to sign-in without the request', () =>
    inPage(false, async (page) => {
      await ask(page);
      await typeIn(page);
      service.setClockOffset(31 * 60);
      await page.locator('#submit').click();
      await page.locator('#sign_in').click();
      expect(await heading(page)).toBe('Sign in');
    }));

  it('without cookies: the page says what to allow, and comes again', () =>
    inPage(false, async (page) => {
      await ask(page);
      await typeIn(page);
      await page.context().clearCookies();
      await page.locator('#submit').click();
      expect(await heading(page)).toBe('Your browser keeps no cookies');
      await page.locator('#again').click();
      await typeIn(page);
      await page.locator('#submit').click();
      await atApp(page);
    }));
});
