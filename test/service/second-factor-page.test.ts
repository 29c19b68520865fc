/** /second-factor: where the sign-in page leads whoever has a second factor. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { type App, giveApp, giveRecoveryCodes } from '../support/factors.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { follow, sessionIdOf, sessionOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let client: TestClient;
let person: Person;
let app: App;
let codes: string[];
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
  client = await newClient(service, 'public', { first_party: true });
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  browser = visitor(service);
  person = await registerAndLogin(service);
  [app, codes] = [await giveApp(service, person.userId), await giveRecoveryCodes(service, person.userId)];
});

const methodsOfSession = async () =>
  (await service.sql('select amr, known_device from sessions where session_id = $1', [sessionIdOf(browser)]))[0];

/** To the page, with the password. */
async function arrive(): Promise<void> {
  await signInAt(browser, person);
  await browser.open(browser.location());
}

describe('after the password', () => {
  it('asks for the code, opens a session of two factors, and knows the device', async () => {
    const answer = await signInAt(browser, person);
    expect([answer.status, browser.location(), sessionOf(browser)]).toEqual([303, '/second-factor?lang=en', '']);
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^pending=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=600$/,
    );
    const page = await browser.open(browser.location());
    expect(browser.heading()).toBe('Enter your code');
    expect(page.body).toContain(person.email);
    expect(page.body).toMatch(/<input type="text" id="code"[^>]* autocomplete="one-time-code" inputmode="numeric"/);
    const signedIn = await browser.submit({ code: app.code() });
    expect([signedIn.status, browser.location()]).toEqual([303, '/sign-in']);
    expect(signedIn.headers.getSetCookie().map((set) => set.split('=')[0])).toEqual([
      'identity',
      expect.stringMatching(/^device-/),
      'pending',
    ]);
    expect(await methodsOfSession()).toEqual({ amr: ['pwd', 'otp', 'mfa'], known_device: false });
    expect(browser.cookies.has('pending')).toBe(false);
    await arrive();
    await browser.submit({ code: app.code() });
    expect(await methodsOfSession()).toMatchObject({ known_device: true });
  });

  it('goes on with the client’s request, and keeps the person signed in where they asked for it', async () => {
    await browser.open(`/oauth/authorize?${authorizeQuery(client)}`);
    await browser.open(browser.location());
    await browser.submit({ email: person.email, password: person.password, keep_signed_in: 'true' });
    expect(browser.location()).toMatch(/^\/second-factor\?request=/);
    await browser.open(browser.location());
    const answer = await browser.submit({ code: app.code() });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^identity=.*; Max-Age=7776000$/);
    expect(new URL(await follow(browser)).searchParams.has('code')).toBe(true);
  });

  it('takes a recovery code, once', async () => {
    const [code = ''] = codes;
    await signInAt(browser, person);
    await browser.open(`/second-factor?method=recovery`);
    expect(browser.heading()).toBe('Enter a recovery code');
    expect((await browser.submit({ code: code.toLowerCase() })).status).toBe(303);
    expect(await methodsOfSession()).toMatchObject({ amr: ['pwd', 'rec', 'mfa'] });
    await signInAt(browser, person);
    await browser.open(`/second-factor?method=recovery`);
    const again = await browser.submit({ code });
    expect([again.status, browser.heading()]).toEqual([401, 'Enter a recovery code']);
    expect(again.body).toContain('The code is wrong, or was used before.');
  });

  it('says that a code is wrong, and when there were too many', async () => {
    const limited = await sharedService({ rateLimiting: 'on' });
    browser = visitor(limited);
    person = await registerAndLogin(limited);
    app = await giveApp(limited, person.userId);
    await arrive();
    for (let tries = 0; tries < 5; tries++) {
      const answer = await browser.submit({ code: app.wrongCode() });
      expect(answer.status).toBe(401);
      expect(answer.body).toContain('aria-describedby="code-error"');
      expect(answer.body).toContain('<title>Error: ');
    }
    const over = await browser.submit({ code: app.code() });
    expect(over.status).toBe(429);
    expect(over.body).toMatch(/Too many tries. You can try again in \d minutes?\./);
    expect(sessionOf(browser)).toBe('');
    await limited.stop();
  });

  it('leads back to the password after ten minutes, and where nothing waits', async () => {
    await arrive();
    service.setClockOffset(601);
    const late = await browser.submit({ code: app.code() });
    expect([late.status, browser.heading()]).toEqual([401, 'This took too long']);
    expect(late.body).toContain('href="/sign-in?lang=en" id="sign_in"');
    const nobody = visitor(service);
    await nobody.open('/second-factor');
    expect(nobody.heading()).toBe('This took too long');
  });

  it('gives the request back to the client where the person cancels', async () => {
    await browser.open(`/oauth/authorize?${authorizeQuery(client)}`);
    await browser.open(browser.location());
    await browser.submit({ email: person.email, password: person.password });
    await browser.open(browser.location());
    await browser.submit({ cancel: 'true' });
    expect(new URL(browser.location()).searchParams.get('error')).toBe('access_denied');
    expect(browser.cookies.has('pending')).toBe(false);
  });
});

describe('S83: what waits', () => {
  it('is of the browser that gave the password: in another one it opens nothing', async () => {
    await arrive();
    const thief = visitor(service);
    await thief.open('/sign-in');
    thief.cookies.set('pending', browser.cookies.get('pending') ?? '');
    await thief.open('/second-factor');
    expect(thief.heading()).toBe('This took too long');
    const answer = await service.post('/v1/auth/second-factor', {
      mfa_token: browser.cookies.get('pending'),
      method: 'totp',
      code: app.code(),
    });
    expect(answer.status).toBe(401);
    expect((await browser.submit({ code: app.code() })).status).toBe(303);
  });

  it('opens one session: sent twice, the second is refused', async () => {
    await arrive();
    const pending = browser.cookies.get('pending') ?? '';
    const code = app.code();
    await browser.submit({ code });
    browser.cookies.set('pending', pending);
    await browser.open('/second-factor');
    expect((await browser.submit({ code: app.code() })).status).toBe(401);
  });

  it('S79: takes no form without its token, nor one from another site', async () => {
    await arrive();
    expect((await browser.submit({ code: app.code(), form_token: 'x' })).status).toBe(403);
    expect(
      (await browser.submit({ code: app.code() }, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }))
        .status,
    ).toBe(403);
    expect(sessionOf(browser)).toBe('');
  });
});
