/** Browsers with authenticators, for tests of passkeys at the pages. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { addAuthenticator, type VirtualAuthenticator } from './virtual-authenticator.ts';

export interface Device {
  readonly page: Page;
  readonly key: VirtualAuthenticator;
}

export const LOGIN_OPTIONS = '/v1/auth/passkeys/login-options';

/** Notes what the page's script asks the browser for. */
const SPY = `{
  const get = CredentialsContainer.prototype.get;
  window.asked = [];
  CredentialsContainer.prototype.get = function (how) {
    const given = get.call(this, how);
    asked.push(how);
    return given;
  };
}`;
/** What the browser still asks for. */
export const PENDING = 'asked.filter(({ signal }) => !signal.aborted).map(({ mediation }) => mediation)';

/** The page waits for what the browser fills in. */
export const waits = (page: Page) => expect.poll(() => page.evaluate(PENDING)).toEqual(['conditional']);

export function devicesOf(browser: Browser, service: Service) {
  const contexts: BrowserContext[] = [];
  const faults: string[] = [];

  async function newPage(javaScriptEnabled = true): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB', javaScriptEnabled });
    contexts.push(context);
    await context.addInitScript(SPY);
    const page = await context.newPage();
    page.on('console', (message) => /Content.Security.Policy/i.test(message.text()) && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    return page;
  }
  async function newDevice(syncs = false): Promise<Device> {
    const page = await newPage();
    return { page, key: await addAuthenticator(page, true, syncs) };
  }
  /** Somebody with a passkey in a browser, who answers nothing until `key.touches(true)`. */
  async function withPasskey(given: { readonly person?: Person; readonly syncs?: boolean } = {}) {
    const person = given.person ?? (await registerAndLogin(service));
    const device = await newDevice(given.syncs);
    await device.page.route(`**${LOGIN_OPTIONS}`, (route) => route.abort());
    await enrol(device.page, service, person);
    await device.page.unroute(`**${LOGIN_OPTIONS}`);
    await device.key.touches(false);
    return { person, ...device };
  }
  /** Closes them all. @returns what their pages were refused by their policies, or broke at */
  async function close(): Promise<string[]> {
    for (const context of contexts.splice(0)) await context.close();
    return faults.splice(0);
  }
  return { newPage, newDevice, withPasskey, close };
}

/** Makes a passkey in the page's browser, and gives it to the service as the person's. @throws Error if it is not kept */
async function enrol(page: Page, service: Service, { bearer }: Pick<Person, 'bearer'>): Promise<void> {
  const { body } = await service.post('/v1/auth/passkeys/options', undefined, bearer);
  await page.goto(`${service.url}/sign-in`);
  const credential = await page.evaluate(callOf(CREATE, body.options));
  const kept = await service.post('/v1/auth/passkeys', { credential }, bearer);
  if (kept.status !== 201) throw new Error(`keeping a passkey answered ${JSON.stringify(kept.body)}`);
}

/** What a page of another origin gets by a challenge, as JSON; or what its browser says against it. */
export const assertionAt = (page: Page, options: object): Promise<unknown> => page.evaluate(callOf(GET, options));

/** As text: the tests know no DOM. */
const callOf = (source: string, options: object) => `(${source})(${JSON.stringify(options)})`;
const CREATE = `async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}`;
const GET = `async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({ publicKey })).toJSON();
}`;
