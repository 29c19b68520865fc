/** /device, and the consent that follows: what a person sees who lets a device in (RFC 8628 §3.3, §5). */

import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE_GRANT } from '../../functions/domain/device-code.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { browserOf, type Device, letIn, newDevice, newTool, poll, press, typeCode } from '../support/devices.ts';
import { giveApp } from '../support/factors.ts';
import { makeAdmin } from '../support/organizations.ts';
import { follow, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let client: TestClient;
let device: Device;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  person = await registerAndLogin(service);
  client = await newTool(service);
  device = await newDevice(service, client, {}, { 'user-agent': 'Mozilla/5.0 (X11; Linux aarch64) Firefox/150.0' });
  browser = await browserOf(service, person);
});

const errorOf = async (of = device) => (await poll(service, client, of)).body.error;

describe('the code', () => {
  it.each([
    ['as it is shown', (code: string) => code],
    ['in small letters and without the dash', (code: string) => code.toLowerCase().replace('-', '')],
    ['with spaces and another dash', (code: string) => ` ${code.replace('-', ' – ')} `],
  ])('is taken %s', async (_, as) => {
    expect((await typeCode(browser, as(device.user_code))).status).toBe(200);
    expect(browser.heading()).toBe('Let Essay tool use your account?');
  });

  it('of the whole address stands in the field, and is sent by the person alone', async () => {
    const { status, body } = await browser.open(`/device?user_code=${device.user_code}`);
    expect(status).toBe(200);
    expect(body).toContain(`value="${device.user_code}"`);
    expect(body).toMatch(/<input type="text" id="user_code" [^>]*autocomplete="off" inputmode="text"/);
    expect(await errorOf()).toBe('authorization_pending');
  });

  it('S81: that there is not, that is over, that was used, denied or allowed are one answer', async () => {
    const codes = { used: device, denied: await newDevice(service, client), allowed: await newDevice(service, client) };
    await letIn(browser, codes.used);
    await poll(service, client, codes.used);
    await letIn(browser, codes.allowed);
    await typeCode(browser, codes.denied.user_code);
    await browser.submit({ cancel: 'true' });
    const over = await newDevice(service, client);
    await service.sql(`update device_codes set expires_at = now() where user_code = $1`, [
      over.user_code.replace('-', ''),
    ]);
    const typed = [...Object.values(codes), over, { user_code: 'ZZZZ-ZZZZ' }];
    const answers = [];
    for (const { user_code } of typed) {
      const { status, body } = await typeCode(browser, user_code);
      answers.push([status, String(body).replaceAll(user_code, '')]);
    }
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(answers[0]?.[0]).toBe(400);
    expect(answers[0]?.[1]).toContain('No device is waiting with this code.');
  });

  it('S62: that is text of another kind is shown as it is, cut short', async () => {
    const { status, body } = await typeCode(browser, `"><b>${'x'.repeat(900)}`);
    expect(status).toBe(400);
    expect(body).toContain(`value="&quot;&gt;&lt;b&gt;${'x'.repeat(15)}"`);
  });

  it('S79: is taken by our own form alone', async () => {
    await browser.open('/device');
    const from = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await browser.submit({ user_code: device.user_code }, from)).status).toBe(403);
    await browser.open('/device');
    const stale = await browser.submit({ user_code: device.user_code, form_token: 'A'.repeat(43) });
    expect([stale.status, browser.heading()]).toEqual([403, 'Sign in on a device']);
  });
});

describe('S81: the person', () => {
  it('sees the code, what asks, on what device, when and from where, and what to beware of', async () => {
    const { body } = await typeCode(browser, device.user_code);
    for (const said of [device.user_code, 'Essay tool', person.email, 'Firefox on Linux', '127.0.0.1', 'Deny']) {
      expect(body).toContain(said);
    }
    expect(body).toContain('Go on only if you have just started this yourself');
    expect(body).toMatch(/\d{1,2} \w+ \d{4} at \d\d:\d\d UTC/);
    // The answer goes nowhere: the device asks for it.
    expect(body).not.toContain('Your answer goes to');
  });

  it('is asked by our own clients too, and each time', async () => {
    client = await newTool(service, { first_party: true });
    for (let times = 0; times < 2; times++) {
      const next = await newDevice(service, client);
      await typeCode(browser, next.user_code);
      expect(browser.heading()).toBe('Let Essay tool use your account?');
      expect(await errorOf(next)).toBe('authorization_pending');
      await press(browser, { allow: 'true' });
      expect(browser.heading()).toBe('Go back to your device');
      expect((await poll(service, client, next)).status).toBe(200);
    }
  });

  it('says no: the device is told', async () => {
    await typeCode(browser, device.user_code);
    await press(browser, { cancel: 'true' });
    expect(browser.heading()).toBe('The device was not let in');
    expect(await errorOf()).toBe('access_denied');
    expect(await service.sql('select from consents where user_id = $1', [person.userId])).toEqual([]);
  });

  it('says no after yes: the page does not say that the device was kept out', async () => {
    const second = await browserOf(service, person);
    const other = await browserOf(service, await registerAndLogin(service));
    for (const one of [second, other]) await typeCode(one, device.user_code);
    await letIn(browser, device);
    for (const one of [second, other]) await press(one, { cancel: 'true' });
    expect([second.heading(), other.heading()]).toEqual(['The device is let in already', 'The device was not let in']);
    expect((await poll(service, client, device)).status).toBe(200);
  });

  it('says no to what another has asked to let in: it stays with the first who said yes', async () => {
    const other = await browserOf(service, await registerAndLogin(service));
    await typeCode(other, device.user_code);
    await letIn(browser, device);
    await press(other, { allow: 'true' });
    expect(other.heading()).toBe('This took too long');
    const { body } = await poll(service, client, device);
    const [session] = await service.sql('select user_id from sessions where client_id = $1', [client.clientId]);
    expect([session?.user_id, typeof body.access_token]).toEqual([person.userId, 'string']);
  });

  it('lets in once of two who do so at once', async () => {
    const two = await Promise.all([person, await registerAndLogin(service)].map((who) => browserOf(service, who)));
    for (const one of two) await typeCode(one, device.user_code);
    await Promise.all(two.map((one) => one.submit({ allow: 'true' })));
    for (const one of two) {
      await follow(one);
      if (one.location()) await one.open(one.location().slice(service.url.length));
    }
    expect(two.map((one) => one.heading()).toSorted()).toEqual(['Go back to your device', 'This took too long']);
    expect((await poll(service, client, device)).status).toBe(200);
  });
});

describe('who is not sure enough', () => {
  it('signs in first, and goes on by itself', async () => {
    const stranger = visitor(service);
    await typeCode(stranger, device.user_code);
    expect(stranger.location()).toBe('');
    await stranger.submit({ email: person.email, password: person.password });
    await follow(stranger);
    expect(stranger.heading()).toBe('Let Essay tool use your account?');
    await press(stranger, { allow: 'true' });
    expect((await poll(service, client, device)).status).toBe(200);
  });

  it('may go back instead: nothing is allowed', async () => {
    const stranger = visitor(service);
    await typeCode(stranger, device.user_code);
    await press(stranger, { cancel: 'true' });
    expect(stranger.heading()).toBe('Nothing was allowed');
    expect(await errorOf()).toBe('authorization_pending');
  });

  it('S86: shows the second factor that is demanded, and the device has that level', async () => {
    const admin = await makeAdmin(service, await registerAndLogin(service));
    const app = await giveApp(service, admin.userId);
    const visit = await browserOf(service, admin);
    await typeCode(visit, device.user_code);
    await visit.submit({ code: app.code() });
    await follow(visit);
    expect(visit.heading()).toBe('Let Essay tool use your account?');
    await press(visit, { allow: 'true' });
    const { body } = await poll(service, client, device);
    expect(decodeJwt(body.access_token)).toMatchObject({
      acr: 'urn:identity:acr:2',
      amr: expect.arrayContaining(['otp']),
    });
  });
});

it("S74: is nothing that a client's own request can name", async () => {
  const both = await newClient(service, 'public', { grants: ['authorization_code', DEVICE_GRANT] });
  const query = new URLSearchParams({
    client_id: both.clientId,
    redirect_uri: `${service.url}/device`,
    response_type: 'code',
  });
  const { status } = await browser.open(`/oauth/authorize?${query}&device=${'0'.repeat(64)}`);
  expect(status).toBe(400);
});

describe('S81: guesses', () => {
  let limited: Service;
  beforeAll(async () => {
    limited = await sharedService({ rateLimiting: 'on' });
  });

  const guess = async (visit: Visitor) => (await typeCode(visit, 'BCDF-GHJK')).status;

  it('of an account are counted over all its browsers, and the right code is no exception', async () => {
    const who = await registerAndLogin(limited);
    const browsers = await Promise.all([browserOf(limited, who), browserOf(limited, who)]);
    const statuses = [];
    for (let tries = 0; tries < 5; tries++) statuses.push(await guess(browsers[tries % 2] as Visitor));
    expect(statuses).toEqual(Array(5).fill(400));
    const right = await newDevice(limited, await newTool(limited));
    const answer = await typeCode(browsers[0] as Visitor, right.user_code);
    expect([answer.status, answer.headers.get('retry-after') !== null]).toEqual([429, true]);
    expect(answer.body).toContain('Too many tries.');
  });

  it('of an address are counted, whoever makes them', async () => {
    limited.setClockOffset(400);
    const statuses = [];
    for (let tries = 0; tries < 11; tries++) statuses.push(await guess(visitor(limited)));
    expect(statuses).toEqual([...Array(10).fill(400), 429]);
    const audit = await limited.sql(
      `select detail ->> 'limit' as name from audit_log where action = 'rate_limit.exceeded'`,
    );
    expect(audit.map(({ name }) => name)).toEqual(['codePerAccount', 'tokenGuessPerIp']);
  });
});
