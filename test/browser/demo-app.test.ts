/** The demo app in Chromium: a single-page app with oidc-client-ts, unmodified, as its recipe says. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';

describe.skipIf(!chromiumPath)('the demo app', () => {
  let service: Service;
  let browser: Browser;
  let person: Person;
  beforeAll(async () => {
    [service, browser] = await Promise.all([sharedService(), launch()]);
    person = await registerAndLogin(service, { person_name: { first_name: 'Ada', last_name: 'Lovelace' } });
    await newClient(service, 'public', {
      clientId: 'demo',
      name: 'Demo app',
      redirect_uris: ['http://localhost/'],
      post_logout_redirect_uris: [`${service.url}/`],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  let context: BrowserContext;
  let faults: string[];
  afterEach(() => context.close());

  /** Whatever a policy stops, a script throws or a request lacks is a fault. */
  async function openApp(): Promise<Page> {
    context = await browser.newContext();
    faults = [];
    return watched(await context.newPage());
  }

  async function watched(page: Page): Promise<Page> {
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.goto(`${service.url}/`);
    return page;
  }

  async function signIn(page: Page): Promise<void> {
    await page.click('#sign-in');
    await page.fill('#email', person.email);
    await page.fill('#password', person.password);
    await page.click('#submit');
    await page.click('#allow');
    await page.waitForURL(`${service.url}/`);
  }

  const claims = async (page: Page, id: string) => JSON.parse((await page.textContent(id)) ?? '{}');

  it('signs a person in, shows and renews the tokens, and another tab needs no password', async () => {
    const page = await openApp();
    await screenshot(page, 'demo-app.signed-out');
    await signIn(page);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('You are signed in');
    expect(await page.textContent('#name')).toBe('Ada Lovelace');
    const first = await claims(page, '#access-token');
    expect(first).toMatchObject({ sub: person.userId, client_id: 'demo', iss: service.url });
    expect(await claims(page, '#id-token')).toMatchObject({ sub: person.userId, aud: 'demo' });
    expect(await claims(page, '#userinfo')).toMatchObject({ email: person.email, given_name: 'Ada' });
    await screenshot(page, 'demo-app.signed-in');

    // A rotation within a second of the last is refused (README, "Sessions").
    service.setClockOffset(5);
    await page.click('#refresh');
    await page.getByRole('status').filter({ hasText: 'The tokens are new.' }).waitFor();
    const second = await claims(page, '#access-token');
    expect(second.jti).not.toBe(first.jti);
    expect(second.sid).toBe(first.sid);

    const tab = await watched(await context.newPage());
    await tab.click('#sign-in');
    // A client at a loopback address, other than one of the settings, is asked about each time.
    await tab.click('#allow');
    await tab.getByRole('heading', { name: 'You are signed in' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('signs the person out at the service, too', async () => {
    const page = await openApp();
    await signIn(page);
    await page.click('#sign-out');
    await page.waitForURL(`${service.url}/`);
    await page.getByRole('heading', { name: 'Try a sign-in' }).waitFor();
    await page.click('#sign-in');
    await page.waitForSelector('#password');
    expect(faults).toEqual([]);
  });

  it('says so when the person pressed Cancel, and begins an account where one is wanted', async () => {
    const page = await openApp();
    await page.click('#sign-in');
    await page.click('#cancel');
    await page.getByRole('alert').filter({ hasText: 'You pressed Cancel' }).waitFor();
    await page.click('#create');
    await page.waitForURL(/\/sign-up\?/);
    expect(faults).toEqual([]);
  });

  it('belongs to the issuer’s origin alone', async () => {
    const page = await openApp();
    await page.goto(service.url.replace('localhost', '127.0.0.1'));
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(page.url()).toBe(`${service.url}/`);
    expect(faults).toEqual([]);
  });
});
