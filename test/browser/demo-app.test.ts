/** The demo app in Chromium: a single-page app with oidc-client-ts, unmodified, as its recipe says. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch, screenshot } from './chromium.ts';

describe.skipIf(!chromiumPath)('the demo app', () => {
  let service: Service;
  let browser: Browser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([sharedService(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  it('runs within its policy, at the issuer’s origin alone', async () => {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.goto(service.url.replace('localhost', '127.0.0.1'));
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(page.url()).toBe(`${service.url}/`);
    await screenshot(page, 'demo-app.signed-out');
    expect(faults).toEqual([]);
  });
});
