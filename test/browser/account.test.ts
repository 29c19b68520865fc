/** The account in a real browser, without a script: signing in with two factors for an application, and running the account. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { App } from '../support/factors.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';

describe.skipIf(!chromiumPath)('the account in a browser', () => {
  let service: Service;
  let browser: Browser;
  let apps: Server;
  let app: string;
  let client: TestClient;
  let person: Person;
  beforeAll(async () => {
    apps = createServer((_, response) => response.end('<h1>The app</h1>')).listen(0, 'localhost');
    [service, browser] = await Promise.all([sharedService(), launch()]);
    app = `http://localhost:${(apps.address() as AddressInfo).port}/callback`;
    client = await newClient(service, 'public', { first_party: true, redirect_uris: [app] });
    person = await registerAndLogin(service);
  });
  afterAll(async () => {
    await browser?.close();
    apps?.close();
    await service?.stop();
  });

  const contexts: BrowserContext[] = [];
  const faults: string[] = [];
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  async function newPage(): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
    contexts.push(context);
    const page = await context.newPage();
    page.on('console', (message) => /Content.Security.Policy/i.test(message.text()) && faults.push(message.text()));
    return page;
  }
  const heading = (page: Page) => page.locator('h1').textContent();
  async function givePassword(page: Page, password = person.password): Promise<void> {
    await page.fill('#email', person.email);
    await page.fill('#password', password);
    await page.click('#submit');
  }

  it('is run by its owner from the first factor to its deletion', async () => {
    const page = await newPage();
    await page.goto(`${service.url}/account`);
    await givePassword(page);
    expect(await heading(page)).toBe('Your account');
    await screenshot(page, 'account.0-overview');

    await page.click('#authenticator');
    await page.click('#submit');
    expect(await page.locator('.qr svg').isVisible()).toBe(true);
    const totp = new App(((await page.textContent('#secret')) ?? '').replaceAll(' ', ''));
    await page.fill('#code', totp.code());
    await page.click('#submit');
    await page.click('#submit');
    expect(await heading(page)).toBe('Your recovery codes');
    const codes = await page.locator('.codes code').allTextContents();
    await screenshot(page, 'account.1-recovery-codes');

    // For an application, in another browser: password, then the app's code.
    const other = await newPage();
    await other.goto(`${service.url}/oauth/authorize?${authorizeQuery(client)}`);
    await givePassword(other);
    expect(await heading(other)).toBe('Enter your code');
    await other.fill('#code', totp.wrongCode());
    await other.click('#submit');
    expect(await other.locator('#code').getAttribute('aria-invalid')).toBe('true');
    await other.fill('#code', totp.code());
    await other.click('#submit');
    await other.waitForURL((url) => `${url.origin}${url.pathname}` === app && url.searchParams.has('code'));

    // And where the telephone is out of reach: a recovery code.
    const third = await newPage();
    await third.goto(`${service.url}/sign-in`);
    await givePassword(third);
    await third.click('#recovery');
    await third.fill('#code', codes[3] ?? '');
    await third.click('#submit');
    expect(await heading(third)).toBe('You are signed in');

    await page.goto(`${service.url}/account/sessions`);
    const before = await page.getByRole('button', { name: 'End', exact: true }).count();
    await page.getByRole('button', { name: 'End', exact: true }).first().click();
    expect(await page.getByRole('status').textContent()).toContain('The session has ended.');
    expect(await page.getByRole('button', { name: 'End', exact: true }).count()).toBeLessThan(before);

    await page.goto(`${service.url}/account/authenticator`);
    await page.click('#remove');
    await page.click('#submit');
    expect(await page.getByRole('status').textContent()).toContain('The authenticator app is removed.');

    await page.click('#back');
    await page.click('#password');
    const password = 'a much newer horse battery staple';
    await page.fill('#new_password', password);
    await page.click('#submit');
    expect(await page.getByRole('status').textContent()).toContain('Your password is changed');

    await page.click('#back');
    await page.click('#delete');
    await screenshot(page, 'account.2-delete');
    await page.check('#understood');
    await page.click('#submit');
    expect(await heading(page)).toBe('Your account is deleted');
    await page.goto(`${service.url}/account`);
    await givePassword(page, password);
    expect(await page.getByRole('alert').isVisible()).toBe(true);
    expect(faults).toEqual([]);
  });
});
