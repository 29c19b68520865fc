/** Passkeys in Chromium, with its own authenticator in software: made, named, shown and removed at the pages. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { giveApp } from '../support/factors.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';
import { addAuthenticator, type VirtualAuthenticator } from './virtual-authenticator.ts';

describe.skipIf(!chromiumPath)('passkeys in a browser', () => {
  let service: Service;
  let browser: Browser;
  let apps: Server;
  let app: string;
  let client: TestClient;
  let person: Person;
  let context: BrowserContext;
  let page: Page;
  let device: VirtualAuthenticator;
  const faults: string[] = [];
  beforeAll(async () => {
    apps = createServer((_, response) => response.end('<h1>The app</h1>')).listen(0, 'localhost');
    [service, browser] = await Promise.all([sharedService(), launch()]);
    app = `http://localhost:${(apps.address() as AddressInfo).port}/callback`;
    client = await newClient(service, 'public', { first_party: true, redirect_uris: [app] });
  });
  afterAll(async () => {
    await browser?.close();
    apps?.close();
    await service?.stop();
  });
  beforeEach(async () => {
    [context, person] = await Promise.all([browser.newContext({ locale: 'en-GB' }), registerAndLogin(service)]);
    page = await context.newPage();
    page.on('console', (message) => /Content.Security.Policy/i.test(message.text()) && faults.push(message.text()));
    device = await addAuthenticator(page);
  });
  afterEach(async () => {
    service.setClockOffset(0);
    await context.close();
    expect(faults).toEqual([]);
  });

  const heading = () => page.locator('h1').textContent();
  const said = () => page.getByRole('status').filter({ visible: true }).textContent();
  const fault = () => page.getByRole('alert').filter({ visible: true }).textContent();
  async function givePassword(): Promise<void> {
    await page.fill('#email', person.email);
    await page.fill('#password', person.password);
    await page.click('#submit');
  }
  async function openPasskeys(): Promise<void> {
    await page.goto(`${service.url}/account/passkeys`);
    if ((await heading()) === 'Sign in') await givePassword();
    await page.locator('h1', { hasText: 'Passkeys' }).waitFor();
  }
  async function add(): Promise<void> {
    await openPasskeys();
    await page.click('#add');
    await page.locator('#done').waitFor();
  }

  describe('at the page of the account', () => {
    it('are made and named', async () => {
      await add();
      expect(await said()).toContain('The passkey is added.');
      const row = page.locator('.rows li');
      expect(await row.textContent()).toMatch(/On one device.*Not used yet/s);
      await screenshot(page, 'passkeys.0-added');

      await row.getByRole('link', { name: 'Rename' }).click();
      await page.fill('#name', 'The old laptop');
      await page.click('#submit');
      expect(await said()).toContain('new name');
      expect(await row.locator('strong').textContent()).toBe('The old laptop');
      expect(await device.credentials()).toHaveLength(1);
    });

    it('S85: are removed by who shows one, and the browser is told which there are', async () => {
      await add();
      await page.getByRole('link', { name: 'Remove' }).click();
      await page.getByRole('button', { name: 'Use a passkey' }).click();
      await page.getByRole('link', { name: 'Remove' }).click();
      expect(await heading()).toBe('Remove “Passkey”?');
      expect(await page.locator('main').textContent()).toContain('your password alone signs you in');
      await page.click('#submit');
      expect(await said()).toContain('The passkey is removed.');
      expect(await page.locator('.rows').count()).toBe(0);
      // Chromium's authenticator forgets what is not accepted any more.
      await expect.poll(() => device.credentials()).toEqual([]);
    });

    it('say so where the device does not verify the person, and nothing is kept', async () => {
      await device.verifies(false);
      await openPasskeys();
      await page.click('#add');
      expect(await fault()).toContain('Your device gave no passkey');
      expect(await page.locator('#add').getAttribute('aria-busy')).toBe(null);
      await device.verifies(true);
      await page.click('#add');
      await page.locator('#done').waitFor();
    });

    it('S85: ask for the person where the password was given a while ago', async () => {
      await openPasskeys();
      service.setClockOffset(301);
      await page.reload();
      await page.click('#add');
      expect(await heading()).toBe('Confirm that it is you');
      await page.fill('#password', person.password);
      await page.click('#submit');
      await page.click('#add');
      expect(await said()).toContain('The passkey is added.');
    });

    it('come again with new options where the page was open for long', async () => {
      await page.clock.install();
      await openPasskeys();
      await page.clock.fastForward('04:00');
      await page.click('#add');
      expect(await fault()).toContain('The page was open for a long time.');
      expect(await device.credentials()).toEqual([]);
    });
  });

  describe('after the password', () => {
    const atApp = () => page.waitForURL((url) => `${url.origin}${url.pathname}` === app);
    const ask = (more: Parameters<typeof authorizeQuery>[1] = {}) =>
      page.goto(`${service.url}/oauth/authorize?${authorizeQuery(client, more)}`);

    /** Whom the platform asks for two factors, with a passkey on the device. */
    async function signInAnew(): Promise<void> {
      await add();
      await service.sql(`update users set platform_roles = '{platform:admin}' where user_id = $1`, [person.userId]);
      await context.clearCookies();
      // Else the sign-in page has the passkey at once.
      await device.touches(false);
      await ask();
      await givePassword();
      await device.touches(true);
      expect(await heading()).toBe('Use your passkey');
    }

    it('are the second factor of who has nothing else, and lead on to the application', async () => {
      await signInAnew();
      await device.verifies(false);
      await page.click('#submit');
      expect(await fault()).toContain('Your device gave no passkey');
      await screenshot(page, 'passkeys.1-second-factor');
      await device.verifies(true);
      await page.click('#submit');
      await atApp();
      expect(new URL(page.url()).searchParams.has('code')).toBe(true);
    });

    it('give the request back where the person cancels', async () => {
      await signInAnew();
      await page.click('#cancel');
      await atApp();
      expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    });

    it.each(['phr', 'urn:identity:acr:2'])('step up in place for a client that asks for %s', async (acr) => {
      await add();
      await ask({ acr_values: acr });
      expect(await heading()).toBe('Use your passkey');
      await page.click('#submit');
      await atApp();
      expect(new URL(page.url()).searchParams.has('code')).toBe(true);
    });

    it('are not asked for without a script: the page says what is missing, and names the other ways', async () => {
      await add();
      await giveApp(service, person.userId);
      const plain = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
      page = await plain.newPage();
      await page.goto(`${service.url}/account/passkeys`);
      await givePassword();
      expect(await page.locator('main').textContent()).toContain('this page needs its script');
      expect(await page.locator('#submit').isVisible()).toBe(false);
      await page.click('#totp');
      expect(await heading()).toBe('Enter your code');
      await plain.close();
    });

    async function signInOnOwnDevice(): Promise<void> {
      await ask();
      await page.fill('#email', person.email);
      await page.fill('#password', person.password);
      await page.check('#keep_signed_in');
      await page.click('#submit');
    }

    it('are offered on one’s own device, and lead on to the application', async () => {
      await signInOnOwnDevice();
      expect(await heading()).toBe('Sign in without a password next time?');
      await screenshot(page, 'passkeys.2-offer');
      await page.click('#add');
      await page.locator('#go_on').waitFor();
      expect(await heading()).toBe('Your passkey is made');
      expect(await device.credentials()).toHaveLength(1);
      await page.click('#go_on');
      await atApp();
      expect(new URL(page.url()).searchParams.has('code')).toBe(true);
    });

    it('are not offered again to who said "Not now"', async () => {
      await signInOnOwnDevice();
      await page.click('#later');
      await atApp();
      expect(await device.credentials()).toEqual([]);
      await context.clearCookies({ name: 'identity' });
      await signInOnOwnDevice();
      await atApp();
    });
  });
});
