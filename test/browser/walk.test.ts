/**
 * A person's whole way through a browser: an account, an application of somebody else, another application, and out of all
 * of them. Each page has what is asked for next, and no page asks anybody but the service for anything.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { exchange, refresh, verifier } from '../support/grants.ts';
import { newestMail } from '../support/mailbox.ts';
import { authorizeQuery, challengeOf } from '../support/oauth.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';

const password = 'correct horse battery staple';
const showApp: RequestListener = (_, response) =>
  void response.end('<!doctype html><title>App</title><h1>The app</h1>');
/** Null on a machine without IPv6. */
const device = await new Promise<Server | null>((resolve) => {
  const server = createServer(showApp).once('error', () => resolve(null));
  server.listen(0, '::1', () => resolve(server));
});

describe.skipIf(!chromiumPath)('a walk', () => {
  let service: Service;
  let browser: Browser;
  let apps: Server;
  let app: string;
  let essays: TestClient;
  let marks: TestClient;
  beforeAll(async () => {
    apps = createServer(showApp).listen(0, 'localhost');
    [service, browser] = await Promise.all([sharedService(), launch()]);
    app = `http://localhost:${(apps.address() as AddressInfo).port}/callback`;
    const wishes = {
      redirect_uris: [app],
      scopes: ['openid', 'email', 'offline_access', 'account'],
      // So that its tokens open /v1, with the scope `account`.
      audiences: [defaultSettings.audience],
      logo_uri: 'https://essays.example/logo.png',
    };
    [essays, marks] = await Promise.all([
      newClient(service, 'public', { name: 'Essays', ...wishes }),
      newClient(service, 'public', { name: 'Marks', ...wishes }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    apps?.close();
    device?.close();
    await service?.stop();
  });

  let context: BrowserContext;
  let page: Page;
  let asked: Set<string>;
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    asked = new Set();
    context.on('request', (request) => asked.add(new URL(request.url()).origin));
  });
  afterEach(() => context.close());

  const ask = (client: TestClient, more: Parameters<typeof authorizeQuery>[1] = {}) =>
    page.goto(
      `${service.url}/oauth/authorize?${authorizeQuery(client, {
        scope: 'openid email account',
        code_challenge: challengeOf(verifier),
        ...more,
      })}`,
    );
  async function codeAtApp(): Promise<string> {
    await page.waitForURL((url) => `${url.origin}${url.pathname}` === app && url.searchParams.has('code'));
    return new URL(page.url()).searchParams.get('code') ?? '';
  }
  const heading = () => page.locator('h1').textContent();

  async function signUp(): Promise<string> {
    const email = newEmail();
    await page.click('#create');
    await screenshot(page, 'walk.1-sign-up');
    await page.fill('#email', email);
    await page.fill('#password', password);
    await page.click('#submit');
    await page.waitForSelector('#code');
    await screenshot(page, 'walk.2-mailed');
    const mail = await newestMail(service, email, 'verify_email');
    await page.fill('#code', /^\d{6}$/m.exec(mail.Body?.text_part ?? '')?.[0] ?? '');
    await page.click('#submit');
    return email;
  }

  it('signs up, consents, refreshes, opens a second app without a password, and signs out everywhere', async () => {
    await ask(essays);
    await screenshot(page, 'walk.0-sign-in');
    await page.locator('img[src*="/assets/clients/"]').evaluate('(image) => image.decode()');
    const email = await signUp();
    await page.waitForSelector('#allow');
    expect(await heading()).toBe('Let Essays use your account?');
    expect(await page.locator('main').textContent()).toContain(email);
    await screenshot(page, 'walk.3-consent');
    // Back: what was sent is said again, and nothing is sent again.
    await page.goBack();
    expect(await heading()).toBe('Check your mail');
    await page.goForward();
    await page.click('#allow');
    await codeAtApp();
    // Back, to a page that has done its part: it asks once more, and leads on again.
    await page.goBack();
    await page.click('#allow');
    const tokens = (await exchange(service, essays, await codeAtApp())).body;
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'openid email account' });
    // A rotation within a second of the last is refused (README, "Sessions").
    service.setClockOffset(5);
    const renewed = await refresh(service, essays, tokens.refresh_token);
    expect(renewed.status).toBe(200);

    await ask(marks);
    expect(await page.locator('#password').count()).toBe(0);
    await page.click('#allow');
    const others = (await exchange(service, marks, await codeAtApp())).body;

    const bearer = { authorization: `Bearer ${renewed.body.access_token}` };
    const everywhere = await service.post('/v1/auth/sessions/revoke-all', { keep_current: false }, bearer);
    expect(everywhere.status).toBe(200);
    service.setClockOffset(10);
    for (const [client, token] of [
      [essays, renewed.body.refresh_token],
      [marks, others.refresh_token],
    ]) {
      expect((await refresh(service, client, token)).body).toMatchObject({ error: 'invalid_grant' });
    }
    await ask(essays);
    expect(await heading()).toBe('Sign in');
    await page.fill('#email', email);
    await page.fill('#password', password);
    await page.click('#submit');
    await page.waitForSelector('#allow');
    expect(asked).toEqual(new Set([service.url, new URL(app).origin]));
  });

  it('consents in two tabs, presses twice, and comes too late to a third', async () => {
    await ask(essays);
    await signUp();
    await page.waitForSelector('#allow');
    const first = page;
    const others = [await context.newPage(), await context.newPage()] as const;
    for (const other of others) {
      page = other;
      await ask(marks);
    }
    const [second, third] = others;
    page = first;
    await page.dblclick('#allow');
    await codeAtApp();
    page = second;
    await page.click('#allow');
    await codeAtApp();
    page = third;
    service.setClockOffset(31 * 60);
    await page.click('#allow');
    expect(await heading()).toBe('This took too long');
    await screenshot(page, 'walk.4-expired');
    await page.click('#sign_in');
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    expect(asked).toEqual(new Set([service.url, new URL(app).origin]));
  });

  it('denies, and is told what to do where cookies are off', async () => {
    await ask(essays);
    await signUp();
    await page.waitForSelector('#allow');
    await context.clearCookies();
    await page.click('#allow');
    expect(await heading()).toBe('Your browser keeps no cookies');
    await screenshot(page, 'walk.5-no-cookies');
    await page.click('#again');
    // Nobody is signed in any more: the request finds that out by itself.
    await page.waitForSelector('#password');
    await page.click('#cancel');
    await page.waitForURL((url) => url.searchParams.get('error') === 'access_denied');
  });

  it.skipIf(!device).each(['query', 'form_post'])('is led to an app at [::1] by %s', async (response_mode) => {
    const { port } = (device as Server).address() as AddressInfo;
    const redirectUri = `http://[::1]:${port}/callback`;
    const client = await newClient(service, 'public', { name: 'Device', redirect_uris: ['http://[::1]/callback'] });
    await ask({ ...client, redirectUri }, { response_mode, scope: 'openid' });
    await signUp();
    await page.click('#allow');
    await page.getByRole('heading', { name: 'The app' }).waitFor();
    expect(page.url()).toContain(redirectUri);
  });
});
