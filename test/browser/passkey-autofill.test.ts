/** What the sign-in page asks the browser for while it stays open. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch } from './chromium.ts';
import { devicesOf, LOGIN_OPTIONS, PENDING, waits } from './passkey-devices.ts';

const MINUTE = 60_000;

describe.skipIf(!chromiumPath)('a page that waits for a passkey', () => {
  let service: Service;
  let browser: Browser;
  let devices: ReturnType<typeof devicesOf>;
  beforeAll(async () => {
    [service, browser] = await Promise.all([sharedService(), launch()]);
    devices = devicesOf(browser, service);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });
  afterEach(async () => {
    service.setClockOffset(0);
    expect(await devices.close()).toEqual([]);
  });
  const optionsAsked = (page: Page) => {
    const asked: string[] = [];
    page.on('request', (request) => request.url().endsWith(LOGIN_OPTIONS) && asked.push(request.url()));
    return asked;
  };

  it('waits for hours in a page that stays open, with a challenge that is young', async () => {
    const { page, key } = await devices.withPasskey();
    await page.clock.install();
    const asked = optionsAsked(page);
    await page.goto(`${service.url}/sign-in`);
    await expect.poll(() => asked.length).toBe(1);
    for (let minutes = 4; minutes <= 120; minutes += 4) {
      await page.clock.fastForward(4 * MINUTE);
      await expect.poll(() => asked.length).toBe(1 + minutes / 4);
    }
    await waits(page);
    service.setClockOffset(2 * 60 * 60);
    await key.touches(true);
    await page.clock.fastForward(4 * MINUTE);
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  });

  it('asks nothing anew under the hands of who may be choosing, nor for a page that nobody sees', async () => {
    const { page } = await devices.withPasskey();
    await page.clock.install();
    const asked = optionsAsked(page);
    await page.goto(`${service.url}/sign-in`);
    await expect.poll(() => asked.length).toBe(1);
    await page.clock.runFor(2.5 * MINUTE);
    await page.click('#email');
    await page.clock.runFor(MINUTE - 10_000);
    expect(asked).toHaveLength(1);
    await page.clock.runFor(20_000);
    await expect.poll(() => asked.length).toBe(2);

    for (const [away, back] of [
      ['document.hasFocus = () => false', `delete document.hasFocus; dispatchEvent(new Event('focus'))`],
      [
        `Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })`,
        `delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))`,
      ],
    ] as const) {
      const before = asked.length;
      await page.evaluate(away);
      await page.clock.runFor(10 * MINUTE);
      expect(asked).toHaveLength(before);
      await page.evaluate(back);
      await expect.poll(() => asked.length).toBe(before + 1);
    }

    // While the button's dialogue is open.
    await page.click('#passkey');
    await expect.poll(() => page.evaluate(PENDING)).toEqual([undefined]);
    await page.clock.runFor(10 * MINUTE);
    expect(asked).toHaveLength(5);
  });
});
