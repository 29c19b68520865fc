/** What browsers make of cookies, redirects and policies: test routes behind the real core, in a real browser. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RouteHost, startRoutes, testRow } from '../support/route-host.ts';
import { chromiumPath, launch } from './chromium.ts';

describe.skipIf(!chromiumPath)('in a browser, without TLS', () => {
  let host: RouteHost;
  let elsewhere: Server;
  let browser: Browser;
  let client: string;

  beforeAll(async () => {
    const page = ['GET', 'POST'] as const;
    const rows = page.flatMap((method) => [
      testRow(method, 'page', { door: 'page' }),
      testRow(method, 'account', { door: 'page', auth: 'session' }),
    ]);
    elsewhere = createServer((_, response) => response.end('<h1>Back at the client</h1>')).listen(0, '127.0.0.1');
    [host, browser] = await Promise.all([startRoutes(rows), launch()]);
    client = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    elsewhere?.close();
    await host?.stop();
  });

  async function inPage<T>(look: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext();
    try {
      return await look(await context.newPage());
    } finally {
      await context.close();
    }
  }

  it('both cookies are kept, and no script reads them', () =>
    inPage(async (page) => {
      await page.goto(`${host.url}/page`);
      const kept = await page.context().cookies();
      expect(
        kept.map(({ name, httpOnly, secure, sameSite, path }) => [name, httpOnly, secure, sameSite, path]),
      ).toEqual([
        ['identity', true, false, 'Lax', '/'],
        ['form', true, false, 'Strict', '/'],
      ]);
      expect(kept.map(({ expires }) => expires > 0)).toEqual([true, false]);
      expect(await page.evaluate('document.cookie')).toBe('');
    }));

  it('a form of our own page acts for its session, and is redirected; one from another site does not', () =>
    inPage(async (page) => {
      const { hostname } = new URL(host.url);
      const session = { name: 'identity', value: 'maria-session', domain: hostname, path: '/' };
      await page.context().addCookies([{ ...session, httpOnly: true, sameSite: 'Lax' }]);
      const post = `(() => { const form = document.createElement('form'); form.method = 'post';
        form.action = '${host.url}/account'; document.body.append(form); form.submit(); })()`;
      await page.goto(client);
      await page.evaluate(post);
      await page.waitForURL(`${host.url}/account`);
      expect(await page.getByRole('alert').count()).toBe(1);
      expect((await page.context().cookies()).map(({ value }) => value)).toEqual(['maria-session']);
      await page.goto(`${host.url}/account`);
      expect(await page.getByRole('heading').textContent()).toBe('Hello Maria');
      await page.evaluate(post);
      await page.waitForURL(`${host.url}/page`);
      expect((await page.context().cookies()).map(({ value }) => value)).not.toContain('maria-session');
    }));

  it('a form leads on to the client that the page names, and to no other', () =>
    inPage(async (page) => {
      const open = (names: string) => page.goto(`${host.url}/page?${new URLSearchParams({ to: `${client}/`, names })}`);
      await open(client);
      await page.getByRole('button').click();
      await page.waitForURL(`${client}/`);
      expect(await page.getByRole('heading').textContent()).toBe('Back at the client');
      await open('https://another.example');
      const refused = page.waitForEvent('console', (message) => message.text().includes('form-action'));
      await page.getByRole('button').click();
      await refused;
      expect(page.url()).not.toBe(`${client}/`);
    }));
});
