/** /sign-in-by-mail: the mailed code, typed where it was asked for, and the link, which signs in there alone. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { giveApp } from '../support/factors.ts';
import { linkIn, mailedCode, mailedToken, newestMail } from '../support/mailbox.ts';
import { otherThan, provedPerson } from '../support/mailed-logins.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { follow, sessionOf, type Visitor, visitor } from '../support/page-visitor.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const PATH = '/sign-in-by-mail';
const HOUR = 3600;
let service: Service;
let ahead = 0;
let browser: Visitor;
let person: Person;
beforeAll(async () => {
  const many = { limit: 10_000 };
  const rateLimits = { loginPerIp: many, mailPerIp: many, registerPerIp: many };
  service = await sharedService({ rateLimiting: 'on', emailLogin: 'on', rateLimits });
});
afterAll(() => service.stop());
beforeEach(async () => {
  ahead += 25 * HOUR;
  service.setClockOffset(ahead);
  browser = visitor(service);
  person = await provedPerson(service);
});

async function ask(visit = browser, email = person.email): Promise<void> {
  await visit.open(PATH);
  await visit.submit({ email });
  await visit.open(visit.location());
}
const link = async () => `${PATH}?token=${await mailedToken(service, person.email, 'email_login')}`;
const sessionsOf = () => service.sql(`select from sessions where kind = 'browser' and user_id = $1`, [person.userId]);

describe('the code', () => {
  it('is offered beside the password, asked for, typed, and signs in once', async () => {
    const signIn = await browser.open('/sign-in?to=/account/sessions');
    expect(signIn.body).toContain('href="/sign-in-by-mail?to=%2Faccount%2Fsessions" id="by_mail"');
    await browser.open(`${PATH}?to=/account/sessions`);
    await browser.submit({ email: person.email });
    expect([browser.location(), sessionOf(browser)]).toEqual([`${PATH}?to=%2Faccount%2Fsessions&lang=en`, '']);
    const page = await browser.open(browser.location());
    expect(page.body).toContain(person.email);
    const code = await mailedCode(service, person.email);
    const signedIn = await browser.submit({ code: `${code.slice(0, 3)} ${code.slice(3)}` });
    expect([signedIn.status, browser.location()]).toEqual([303, '/account/sessions']);
    expect((await browser.open('/account')).body).toContain(person.email);
    const [session] = await service.sql(`select amr from sessions where kind = 'browser' and user_id = $1`, [
      person.userId,
    ]);
    expect(session?.amr).toEqual(['email']);
    await browser.open(PATH);
    expect(browser.heading()).toBe('Sign in by mail');
  });

  it('S60: is asked for alike whether or not the address has an account', async () => {
    await ask(browser, newEmail());
    expect(browser.heading()).toBe('Look in your mailbox');
    const wrong = await browser.submit({ code: '123456' });
    const other = visitor(service);
    await ask(other);
    const code = otherThan(await mailedCode(service, person.email));
    const theirs = await other.submit({ code });
    const plain = (body: string) => body.replaceAll(/<strong class="address">[^<]*|value="[^"]*"/g, '');
    expect([wrong.status, plain(wrong.body)]).toEqual([theirs.status, plain(theirs.body)]);
    expect(wrong.body).toContain('After ten wrong codes in a day, only the link');
  });

  it('S83: of another browser signs nobody in', async () => {
    await ask();
    const thief = visitor(service);
    await ask(thief);
    const codes = await mailedCode(service, person.email);
    // The newest mail is the thief's; the code is of his request alone.
    expect((await browser.submit({ code: codes })).status).toBe(401);
    expect(sessionOf(browser)).toBe('');
    await thief.open(PATH);
    thief.cookies.delete('mailed');
    expect((await thief.submit({ code: codes })).status).toBe(401);
    expect(sessionOf(thief)).toBe('');
  });

  it('is sent again, and another address takes its place', async () => {
    await ask();
    const first = await mailedCode(service, person.email);
    await browser.submit({ answer: 'again' });
    await browser.open(browser.location());
    expect((await browser.submit({ code: first })).status).toBe(401);
    const asked = await browser.submit({ answer: 'other' });
    expect([asked.status, browser.heading()]).toEqual([200, 'Sign in by mail']);
    expect(browser.cookies.has('mailed')).toBe(false);
    expect((await browser.submit({ email: 'no address' })).status).toBe(400);
  });

  it('never raises a level: whoever has an app is asked for it', async () => {
    const app = await giveApp(service, person.userId, () => ahead);
    await ask();
    const code = await mailedCode(service, person.email);
    await browser.submit({ code });
    expect([browser.location(), sessionOf(browser)]).toEqual([expect.stringMatching(/^\/second-factor/), '']);
    await browser.open(browser.location());
    await browser.submit({ code: app.code() });
    expect((await browser.open('/account')).status).toBe(200);
    const [session] = await service.sql(`select amr from sessions where kind = 'browser' and user_id = $1`, [
      person.userId,
    ]);
    expect(session?.amr).toEqual(['email', 'otp', 'mfa']);
  });

  it('S57: claims an account whose address nobody had proved', async () => {
    person = await registerAndLogin(service);
    await ask();
    await browser.submit({ code: await mailedCode(service, person.email) });
    expect(sessionOf(browser)).not.toBe('');
    expect((await service.post('/v1/auth/login', person)).status).toBe(401);
    expect((await service.audit(person.userId)).map(({ action }) => action)).toContain('account.claimed');
  });
});

describe('the link', () => {
  it('S57: changes nothing when it is opened, and signs in by the button of the browser that asked', async () => {
    await ask();
    const mail = linkIn(await newestMail(service, person.email, 'email_login'));
    expect(mail.origin).toBe(service.url);
    for (const _ of [1, 2]) await browser.open(mail.pathname + mail.search);
    expect([browser.heading(), sessionOf(browser)]).toEqual(['Sign in', '']);
    expect(await sessionsOf()).toHaveLength(0);
    expect((await browser.submit({})).status).toBe(303);
    expect(await sessionsOf()).toHaveLength(1);
    await browser.open(mail.pathname + mail.search);
    expect(browser.heading()).toBe('The link does not work any more');
  });

  it('S83: shows any other browser the code, who asked, and that it is nobody else’s; and signs nobody in there', async () => {
    await browser.open(PATH);
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    await browser.submit({ email: person.email }, { 'user-agent': agent });
    const address = await link();
    const elsewhere = visitor(service);
    const page = await elsewhere.open(address);
    expect(elsewhere.heading()).toBe('Your code to sign in');
    expect(page.body).toContain(await mailedCode(service, person.email));
    expect(page.body).toContain('Firefox on');
    expect(page.body).toContain('127.0.0.1');
    expect(page.body).toContain('Never tell this code to anyone');
    expect(page.body).not.toContain('<form');
    // By a form that it does not have, of a login that this browser has asked for: not by that link.
    await ask(elsewhere, newEmail());
    const token = new URLSearchParams(address.split('?')[1]).get('token') ?? '';
    expect((await elsewhere.submit({ token })).status).toBe(401);
    expect([sessionOf(elsewhere), await sessionsOf()]).toEqual(['', []]);
    // The browser that asked goes on with it.
    await browser.open(address);
    expect((await browser.submit({})).status).toBe(303);
  });

  it('S83: and the code give one session together, of many uses at once', async () => {
    await ask();
    const code = await mailedCode(service, person.email);
    const typing = visitor(service);
    for (const [name, value] of browser.cookies) typing.cookies.set(name, value);
    await browser.open(await link());
    await typing.open(PATH);
    const uses = [0, 1].flatMap(() => [browser.submit({}), typing.submit({ code })]);
    const answers = await Promise.all(uses);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await sessionsOf()).toHaveLength(1);
  });

  it('S83: works after ten wrong codes of a day, where no code does', async () => {
    await ask();
    const code = await mailedCode(service, person.email);
    for (let tries = 0; tries < 2; tries++) {
      for (let wrong = 0; wrong < 5; wrong++) await browser.submit({ code: otherThan(code) });
      ahead += HOUR / 10;
      service.setClockOffset(ahead);
      if (tries === 0) {
        await browser.submit({ answer: 'again' });
        await browser.open(browser.location());
      }
    }
    await ask(browser);
    const again = await browser.submit({ code: await mailedCode(service, person.email) });
    expect([again.status, sessionOf(browser)]).toEqual([401, '']);
    await browser.open(await link());
    expect((await browser.submit({})).status).toBe(303);
  });

  it('goes on with the request that the browser came with', async () => {
    const client = await newClient(service, 'public', { first_party: true });
    await browser.open(`/oauth/authorize?${authorizeQuery(client)}`);
    const page = await browser.open(browser.location());
    const [, byMail = ''] = /href="([^"]+)" id="by_mail"/.exec(page.body) ?? [];
    await browser.open(byMail.replaceAll('&amp;', '&'));
    await browser.submit({ email: person.email });
    await browser.open(await link());
    await browser.submit({});
    expect(await follow(browser)).toMatch(`${client.redirectUri}?code=`);
  });

  it('is refused to a form of another site', async () => {
    await ask();
    await browser.open(await link());
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect([(await browser.submit({}, foreign)).status, sessionOf(browser)]).toEqual([403, '']);
  });
});

describe('a stage without login by mail', () => {
  it('has neither the page nor the way to it', async () => {
    const off = await sharedService();
    const visit = visitor(off);
    expect((await visit.open(PATH)).status).toBe(404);
    expect((await visit.open('/sign-in')).body).not.toContain('by_mail');
  });
});
