/** Signing in with a passkey in a real browser, with an authenticator of its own. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { exchange, verifier } from '../support/grants.ts';
import { raise } from '../support/levels.ts';
import { authorizeQuery, challengeOf } from '../support/oauth.ts';
import { sendAssertion } from '../support/passkeys.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';
import { assertionAt, devicesOf, LOGIN_OPTIONS, waits } from './passkey-devices.ts';

describe.skipIf(!chromiumPath)('a passkey in a browser', () => {
  let service: Service;
  let browser: Browser;
  let devices: ReturnType<typeof devicesOf>;
  let apps: Server;
  let app: string;
  let client: TestClient;
  beforeAll(async () => {
    const show = '<!doctype html><title>App</title><h1>The app</h1>';
    apps = createServer((_, response) => response.setHeader('content-type', 'text/html').end(show));
    apps.listen(0, 'localhost');
    [service, browser] = await Promise.all([sharedService(), launch()]);
    app = `http://localhost:${(apps.address() as AddressInfo).port}/callback`;
    devices = devicesOf(browser, service);
    client = await newClient(service, 'public', { first_party: true, redirect_uris: [app] });
  });
  afterAll(async () => {
    await browser?.close();
    apps?.close();
    await service?.stop();
  });

  const newPage = (javaScriptEnabled = true) => devices.newPage(javaScriptEnabled);
  const withPasskey: typeof devices.withPasskey = (given) => devices.withPasskey(given);
  afterEach(async () => {
    service.setClockOffset(0);
    expect(await devices.close()).toEqual([]);
  });

  const ask = (page: Page, more: Parameters<typeof authorizeQuery>[1] = {}) =>
    page.goto(
      `${service.url}/oauth/authorize?${authorizeQuery(client, { code_challenge: challengeOf(verifier), ...more })}`,
    );
  async function tokensAtApp(page: Page) {
    await page.waitForURL((url) => `${url.origin}${url.pathname}` === app && url.searchParams.has('code'));
    const { body } = await exchange(service, client, new URL(page.url()).searchParams.get('code') ?? '');
    return JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url').toString());
  }
  const heading = (page: Page) => page.locator('h1').textContent();
  const isSignedIn = (page: Page) => page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  it('signs in by the button, for an application that wants it so, and nothing is typed', async () => {
    const { page, key, person } = await withPasskey();
    await ask(page, { acr_values: 'phr', max_age: '300' });
    await screenshot(page, 'passkey.0-sign-in');
    await waits(page);
    await key.touches(true);
    await page.click('#passkey');
    expect(await tokensAtApp(page)).toMatchObject({ sub: person.userId, acr: 'phr', amr: ['pop', 'user', 'mfa'] });
  });

  it('signs in by what the browser fills in, and again where an application wants it anew', async () => {
    const { page, key, person } = await withPasskey();
    await key.touches(true);
    await ask(page);
    expect(await tokensAtApp(page)).toMatchObject({ sub: person.userId });
    await ask(page, { prompt: 'login' });
    expect(await tokensAtApp(page)).toMatchObject({ sub: person.userId, amr: ['pop', 'user', 'mfa'] });
  });

  it('refuses what its owner did not verify, and leaves the page as it was: in plain words, with the password', async () => {
    const { page, key, person } = await withPasskey();
    await key.verifies(false);
    await key.touches(true);
    await page.goto(`${service.url}/sign-in`);
    await page.fill('#email', person.email);
    await page.click('#passkey');
    await page.getByText('No passkey was used. Try again, or sign in with your password.').waitFor();
    await screenshot(page, 'passkey.1-cancelled');
    expect(await page.inputValue('#email')).toBe(person.email);
    await page.fill('#password', person.password);
    await page.click('#submit');
    await isSignedIn(page);
  });

  it('is used by the button after a first try failed, in a browser that fills in none', async () => {
    const { page, key } = await withPasskey();
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false');
    await key.verifies(false);
    await key.touches(true);
    await page.goto(`${service.url}/sign-in`);
    await page.click('#passkey');
    await page.locator('#passkey-fault').waitFor();
    await key.verifies(true);
    await page.click('#passkey');
    await isSignedIn(page);
  });

  it('of a device without the key says the same, and so does one that has no connection', async () => {
    const { page } = await devices.newDevice();
    await page.goto(`${service.url}/sign-in`);
    await page.click('#passkey');
    await page.locator('#passkey-fault').waitFor();
    await page.route(`**${LOGIN_OPTIONS}`, (route) => route.abort());
    await page.reload();
    await page.click('#passkey');
    await page.locator('#passkey-fault').waitFor();
  });

  it('signs nobody in by what a page of another origin got for our challenge', async () => {
    const { page, key } = await withPasskey();
    await key.touches(true);
    await page.goto(app);
    const { options } = (await service.post(LOGIN_OPTIONS)).body;
    const assertion = (await assertionAt(page, options)) as Parameters<typeof sendAssertion>[1];
    expect(await sendAssertion(service, assertion)).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CREDENTIALS' },
    });
  });

  it('S83: what signed in once signs in no second time, and not in another browser', async () => {
    const { page, key } = await withPasskey();
    await key.touches(true);
    const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/sign-in'));
    await page.goto(`${service.url}/sign-in`);
    const form = Object.fromEntries(new URLSearchParams((await sent).postData() ?? ''));
    await isSignedIn(page);
    const headers = { origin: service.url };
    await page.context().clearCookies({ name: 'identity' });
    const replayed = await page.context().request.post(`${service.url}/sign-in`, { form, headers });
    expect(replayed.status()).toBe(401);
    expect(await replayed.text()).toContain('The passkey was not accepted.');

    const thief = await newPage();
    await thief.goto(`${service.url}/sign-in`);
    const { form_token, ...rest } = form;
    const own = await thief.locator('[name=form_token]').first().inputValue();
    const stolen = { ...rest, form_token: own };
    const elsewhere = await thief.context().request.post(`${service.url}/sign-in`, { form: stolen, headers });
    expect(elsewhere.status()).toBe(400);
    expect(form_token).not.toBe(own);
    for (const one of [page, thief]) {
      const cookies = await one.context().cookies();
      expect(cookies.map(({ name }) => name)).not.toContain('identity');
    }
  });

  it('signs in though it counts back, and its owner is told where it cannot be on two devices', async () => {
    const { page, key, person } = await withPasskey();
    await key.countsFrom(40);
    await key.touches(true);
    await page.goto(`${service.url}/sign-in`);
    await isSignedIn(page);
    const told = async () =>
      (await service.outbox('huleedu.email.notification.requested.v1')).filter(
        ({ to, template_id }) => to === person.email && template_id === 'passkey_copied',
      ).length;
    expect(await told()).toBe(0);
    await key.countsFrom(3);
    await page.goto(`${service.url}/sign-in?other=true`);
    await isSignedIn(page);
    expect(await told()).toBe(1);
  });

  it('signs in on either of two devices', async () => {
    const { page, key, person } = await withPasskey();
    await raise(service, person);
    const other = await withPasskey({ person, syncs: true });
    for (const device of [{ page, key }, other]) {
      await device.key.touches(true);
      await device.page.goto(`${service.url}/sign-in`);
      await isSignedIn(device.page);
      expect(await device.page.locator('main').textContent()).toContain(person.email);
    }
  });

  it('is forgotten by the browser where nobody has it any more', async () => {
    const { page, key, person } = await withPasskey();
    await service.sql('delete from factors where user_id = $1', [person.userId]);
    await page.goto(`${service.url}/sign-in`);
    await waits(page);
    await key.touches(true);
    await page.click('#passkey');
    await page.getByText('That passkey opens no account here any more.').waitFor();
    await screenshot(page, 'passkey.2-unknown');
    await expect.poll(() => key.credentials()).toEqual([]);
    await page.fill('#email', person.email);
    await page.fill('#password', person.password);
    await page.click('#submit');
    await isSignedIn(page);
  });

  it('has no button where no script runs, and the password has all it needs', async () => {
    const { person } = await withPasskey();
    const page = await newPage(false);
    await page.goto(`${service.url}/sign-in`);
    expect(await page.locator('#passkey').isVisible()).toBe(false);
    await page.fill('#email', person.email);
    await page.fill('#password', person.password);
    await page.click('#submit');
    expect(await heading(page)).toBe('You are signed in');
  });
});
