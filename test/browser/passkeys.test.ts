/** Passkeys in Chromium, with its own authenticator in software: made, named, shown and removed at the pages. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';
import { addAuthenticator, type VirtualAuthenticator } from './virtual-authenticator.ts';

describe.skipIf(!chromiumPath)('passkeys in a browser', () => {
  let service: Service;
  let browser: Browser;
  let person: Person;
  let context: BrowserContext;
  let page: Page;
  let device: VirtualAuthenticator;
  const faults: string[] = [];
  beforeAll(async () => {
    [service, browser] = await Promise.all([sharedService(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
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
});
