/** What the links open, in a real browser without JavaScript: by mouse, by keyboard, by day and by night. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkIn, newestMail } from '../support/mailbox.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';

const password = 'correct horse battery staple';

describe.skipIf(!chromiumPath)('the pages behind the links', () => {
  let service: Service;
  let browser: Browser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([sharedService(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  const register = async (locale: string) => {
    const email = newEmail();
    await service.post('/v1/auth/register', { email, password, locale });
    return email;
  };
  const linkFor = async (email: string, template: string) => linkIn(await newestMail(service, email, template)).href;

  /** Without JavaScript; fails on anything that the page's policy stopped. */
  async function open(
    url: string,
    options: { readonly width?: number } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: options.width ?? 1280, height: 800 },
    });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('request', (request) => request.headers().referer && faults.push(`referer at ${request.url()}`));
    await page.goto(url);
    return { page, faults };
  }

  it('verify an address at the press of a button, in the language of the mail', async () => {
    const email = await register('sv');
    const { page, faults } = await open(await linkFor(email, 'verify_email'));
    expect(await page.locator('html').getAttribute('lang')).toBe('sv');
    await screenshot(page, 'page.verify-email');
    await page.getByRole('button', { name: 'Det var jag' }).click();
    expect(await page.getByRole('heading').textContent()).toBe('Din adress är bekräftad');
    expect(await page.getByRole('status').count()).toBe(1);
    // What is left in the browser's history opens nothing.
    expect(page.url()).toBe(`${service.url}/verify-email`);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('set a new password by keyboard alone, and say what was wrong with one that is refused', async () => {
    const email = await register('en');
    await service.post('/v1/auth/request-password-reset', { email });
    const { page, faults } = await open(await linkFor(email, 'reset_password'));
    const field = page.getByLabel('New password');
    const focused = page.locator(':focus');
    expect(await focused.getAttribute('name')).toBe('new_password');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    // Its own address is long enough for the browser, and refused by the service.
    await page.keyboard.type(email);
    await page.keyboard.press('Enter');
    await page.locator('#new_password-error').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.getAttribute('aria-describedby')).toBe('new_password-hint new_password-error');
    await screenshot(page, 'page.reset-password.refused');

    await field.fill('a much newer horse battery staple');
    await page.keyboard.press('Tab');
    expect(await focused.textContent()).toBe('Save password');
    await page.keyboard.press('Enter');
    await page.getByText('Your password is changed').waitFor();
    const login = { email, password: 'a much newer horse battery staple' };
    expect((await service.post('/v1/auth/login', login)).status).toBe(200);
    // The refusal's 422 is told on the console as a failed load; the policy stopped nothing.
    expect(faults.filter((text) => !text.includes('422'))).toEqual([]);
    await page.context().close();
  });

  /** At each width, by day and by night. */
  async function look(page: Page, name: string): Promise<void> {
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 720 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        expect(ground).toBe(
          colorScheme === 'light'
            ? width === 320
              ? 'rgb(255, 255, 255)'
              : 'rgb(246, 247, 249)'
            : width === 320
              ? 'rgb(23, 26, 32)'
              : 'rgb(14, 16, 20)',
        );
        for (const button of await page.locator('button, .button').all()) {
          expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
        }
        await screenshot(page, `${name}.${colorScheme}.${width}`);
      }
    }
  }

  it.each(['en', 'sv'] as const)('fit every window and keep style and script under their policy: %s', async (lang) => {
    const email = await register(lang);
    await service.post('/v1/auth/request-password-reset', { email });
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    await page.goto(await linkFor(email, 'verify_email'));
    await look(page, `page.verify-email.${lang}`);
    await page.goto(await linkFor(email, 'reset_password'));
    // Shown to who wants to see it, kept by the address for who uses a password manager.
    const field = page.locator('#new_password');
    await field.fill(email);
    const show = page.locator('#show');
    await show.click();
    expect([await field.getAttribute('type'), await show.getAttribute('aria-pressed')]).toEqual(['text', 'true']);
    expect(await page.locator('[autocomplete=username]').inputValue()).toBe(email);
    await page.locator('button[type=submit]').click();
    await page.locator('#new_password-error').waitFor();
    expect(await field.getAttribute('type')).toBe('password');
    await look(page, `page.reset-password.refused.${lang}`);
    expect(faults.filter((text) => !text.includes('422'))).toEqual([]);
    await context.close();
  });

  it('say that a link was used, and run no script that an address brings along', async () => {
    const token = encodeURIComponent('"><script>document.title="taken"</script>');
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${service.url}/verify-email?token=${token}&lang=en`);
    expect(await page.title()).toContain('Confirm your address');
    await page.getByRole('button', { name: 'That was me' }).click();
    expect(await page.getByRole('heading').textContent()).toBe('The link does not work any more');
    await context.close();
  });
});
