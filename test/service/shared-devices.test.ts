/** Devices that the people of an organisation share: whoever comes next finds nothing of who was there. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { asked, confirm } from '../support/email-changes.ts';
import { newOrganization, proveAddress } from '../support/organizations.ts';
import { sessionOf, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const HALF_HOUR = 30 * 60;

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

async function pupil() {
  const person = await registerAndLogin(service);
  await proveAddress(service, person);
  const org = await newOrganization(service, person);
  const share = (shared: boolean) =>
    service.sql('update organizations set shared_devices = $2 where org_id = $1', [org, shared]);
  await share(true);
  return { ...person, share };
}

const login = ({ email, password }: Person, device_token?: string) =>
  service.post('/v1/auth/login', { email, password, ...(device_token ? { device_token } : {}) });
const refresh = (refresh_token: string) => service.post('/v1/auth/refresh', { refresh_token });
const devices = (cookies: ReadonlyMap<string, string>) =>
  [...cookies.keys()].filter((name) => name.includes('device-'));

async function signIn({ email, password }: Person, browser = visitor(service)) {
  await browser.open('/sign-in?other=true');
  const answer = await browser.submit({ email, password, keep_signed_in: 'true' });
  expect(answer.status).toBe(303);
  return { browser, set: answer.headers.getSetCookie() };
}

it('no device is known there, and nobody is kept signed in', async () => {
  const person = await pupil();
  const { browser, set } = await signIn(person);
  expect(sessionOf(browser)).not.toBe('');
  expect(devices(browser.cookies)).toEqual([]);
  expect(set.find((cookie) => cookie.startsWith('identity='))).not.toContain('Max-Age');
  expect((await login(person)).body.device_token).toBeUndefined();
  // As everywhere else otherwise.
  await person.share(false);
  const own = await signIn(person);
  expect(devices(own.browser.cookies)).toHaveLength(1);
  expect(own.set.find((cookie) => cookie.startsWith('identity='))).toContain('Max-Age');
  // What the browser was known by goes as soon as it is shared.
  await person.share(true);
  expect(devices((await signIn(person, own.browser)).browser.cookies)).toEqual([]);
});

it('S67: nor by the link that gives the account another address', async () => {
  const person = await pupil();
  const answer = await confirm(service, (await asked(service, person)).link);
  expect([answer.status, answer.body.device_token]).toEqual([200, undefined]);

  const other = await pupil();
  const { link } = await asked(service, other);
  const browser = visitor(service);
  await browser.open(`/change-email?token=${link}`);
  expect((await browser.submit({ answer: 'mine' })).status).toBe(200);
  expect(devices(browser.cookies)).toEqual([]);
});

it('a token of before, when the device was somebody’s own, is worth nothing', async () => {
  const person = await pupil();
  await person.share(false);
  const { device_token } = (await login(person)).body;
  const knownAt = async () => {
    const { session_id } = (await login(person, device_token)).body;
    const [row] = await service.sql('select known_device from sessions where session_id = $1', [session_id]);
    return row?.known_device;
  };
  expect(await knownAt()).toBe(true);
  await person.share(true);
  expect(await knownAt()).toBe(false);
});

it('a browser is signed out after half an hour without a visit, and its account is not shown to whoever comes next', async () => {
  const person = await pupil();
  const { browser } = await signIn(person);
  const shown = async (offset: number) => {
    service.setClockOffset(offset);
    return String((await browser.open('/sign-in')).body).includes(person.email);
  };
  expect(await shown(HALF_HOUR - 60)).toBe(true);
  expect(await shown(2 * HALF_HOUR - 120)).toBe(true);
  expect(await shown(3 * HALF_HOUR - 60)).toBe(false);
});

it('a session that began before lasts half an hour from its next use on', async () => {
  const person = await pupil();
  await person.share(false);
  const begun = (await login(person)).body.refresh_token;
  await person.share(true);
  const used = await refresh(begun);
  expect(used.status).toBe(200);
  service.setClockOffset(HALF_HOUR + 1);
  expect((await refresh(used.body.refresh_token)).body.code).toBe('REFRESH_TOKEN_EXPIRED');
});
