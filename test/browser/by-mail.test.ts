/** Signing in by mail, and factors that are set up again, in a real browser without scripts; the link in two browsers. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveApp } from '../support/factors.ts';
import { linkIn, mailedCode, newestMail } from '../support/mailbox.ts';
import { provedPerson } from '../support/mailed-logins.ts';
import { operatorCommand } from '../support/operator-command.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chromiumPath, launch } from './chromium.ts';

describe.skipIf(!chromiumPath)('by mail, with a browser', () => {
  let service: Service;
  let browser: Browser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([sharedService({ emailLogin: 'on' }), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  /** Two browsers of two devices. */
  async function inPages(look: (here: Page, elsewhere: Page) => Promise<void>): Promise<void> {
    const contexts = await Promise.all(
      [0, 1].map(() => browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' })),
    );
    try {
      const [here, elsewhere] = await Promise.all(contexts.map((context) => context.newPage()));
      if (here && elsewhere) await look(here, elsewhere);
    } finally {
      await Promise.all(contexts.map((context) => context.close()));
    }
  }
  const heading = (page: Page) => page.locator('h1').textContent();
  async function ask(page: Page, email: string): Promise<URL> {
    await page.goto(`${service.url}/sign-in?to=/account`);
    await page.locator('#by_mail').click();
    await page.locator('#email').fill(email);
    await page.locator('#submit').click();
    expect(await heading(page)).toBe('Look in your mailbox');
    return linkIn(await newestMail(service, email, 'email_login'));
  }

  it('signs in by the code', () =>
    inPages(async (here) => {
      const { email } = await provedPerson(service);
      await ask(here, email);
      await here.locator('#code').fill(await mailedCode(service, email));
      await here.locator('#submit').click();
      await here.waitForURL(`${service.url}/account`);
      expect(await here.content()).toContain(email);
    }));

  it('S83: signs in by the link where it was asked for, and shows the code elsewhere, which signs nobody in', () =>
    inPages(async (here, elsewhere) => {
      const { email } = await provedPerson(service);
      const link = await ask(here, email);
      await elsewhere.goto(link.href);
      expect(await heading(elsewhere)).toBe('Your code to sign in');
      expect(await elsewhere.locator('#code').textContent()).toBe(await mailedCode(service, email));
      expect(await elsewhere.locator('form').count()).toBe(0);
      await elsewhere.goto(`${service.url}/account`);
      expect(await heading(elsewhere)).toBe('Sign in');
      await here.goto(link.href);
      await here.locator('#submit').click();
      await here.goto(`${service.url}/account`);
      expect(await here.content()).toContain(email);
    }));

  it('S86: sets factors up again with the link and the password', () =>
    inPages(async (here) => {
      const { email, password, userId } = await provedPerson(service);
      await giveApp(service, userId);
      await operatorCommand(service, ['users.ts', 'reset-factors', email, '--reason', 'lost']);
      await here.goto(linkIn(await newestMail(service, email, 'factors_reset')).href);
      await here.locator('#password').fill(password);
      await here.locator('#submit').click();
      await here.waitForURL(`${service.url}/account`);
      await here.goto(`${service.url}/account/authenticator`);
      await here.locator('#submit').click();
      expect(await here.locator('.qr').count()).toBe(1);
    }));
});
