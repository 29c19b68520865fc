/** /sign-up and /forgot-password: by the mailbox to a session, and on with the request that led there. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { linkIn, mailTo, newestMail } from '../support/mailbox.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { follow, sessionIdOf, sessionOf, type Visitor, visitor } from '../support/page-visitor.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const password = 'correct horse battery staple';

let service: Service;
let client: TestClient;
let browser: Visitor;
let email: string;
beforeAll(async () => {
  service = await sharedService();
  client = await newClient(service, 'public', { first_party: true });
});
afterAll(() => service.stop());
beforeEach(() => {
  browser = visitor(service);
  email = newEmail();
});

const codeFor = async (address: string) =>
  /^\d{6}$/m.exec((await newestMail(service, address, 'verify_email')).Body?.text_part ?? '')?.[0] ?? '';
const userOf = async (address: string) =>
  (await service.sql('select user_id, email_verified_at, locale from users where email = $1', [address]))[0];

/** What follows has an address of its own, so that "Back" and a reload show it again. */
async function send(fields: Readonly<Record<string, string>>) {
  expect((await browser.submit(fields)).status).toBe(303);
  return browser.open(browser.location());
}
async function signUpFor(path = '/sign-up') {
  await browser.open(path);
  return send({ email, password });
}
/** The page that a client's request leads to, before anybody is signed in. */
async function requested(page: string): Promise<string> {
  await browser.open(`/oauth/authorize?${authorizeQuery(client)}`);
  return browser.location().replace('/sign-in', page);
}

describe('signing up', () => {
  it('verifies the address by the mailed code, signs in and goes on with the request', async () => {
    await signUpFor(await requested('/sign-up'));
    expect(browser.heading()).toBe('Check your mail');
    await browser.submit({ code: await codeFor(email) });
    expect(await follow(browser)).toMatch(`${client.redirectUri}?code=`);
    const user = await userOf(email);
    expect(user).toMatchObject({ email_verified_at: expect.anything(), locale: 'en' });
    const [session] = await service.sql('select user_id from sessions where session_id = $1', [sessionIdOf(browser)]);
    expect(session).toEqual({ user_id: user?.user_id });
    const logins = await service.outbox('huleedu.identity.login.succeeded.v1');
    expect(logins).toContainEqual(expect.objectContaining({ user_id: user?.user_id }));
  });

  it('leads whoever opened the link on another device to the sign-in, and on with the request', async () => {
    const page = await signUpFor(await requested('/sign-up'));
    const token = linkIn(await newestMail(service, email, 'verify_email')).searchParams.get('token');
    expect((await service.post('/v1/auth/verify-email', { token })).status).toBe(200);
    const [, signIn = ''] = /<a href="([^"]*)" id="sign_in">/.exec(page.body) ?? [];
    await browser.open(signIn.replaceAll('&amp;', '&'));
    expect(browser.heading()).toBe('Sign in');
    await browser.submit({ email, password });
    expect(await follow(browser)).toMatch(`${client.redirectUri}?code=`);
  });

  it('shows what was sent again to this browser, in either language, and to no other', async () => {
    await signUpFor(await requested('/sign-up'));
    const [, swedish = ''] = /href="([^"]*lang=sv[^"]*)"/.exec((await browser.open('/sign-up')).body) ?? [];
    expect(swedish).not.toContain('sent=');
    await browser.submit({ email: newEmail(), password });
    const address = browser.location();
    const page = await browser.open(address);
    const [, inSwedish = ''] = /href="([^"]*lang=sv[^"]*)"/.exec(page.body) ?? [];
    await browser.open(inSwedish.replaceAll('&amp;', '&'));
    expect(browser.heading()).toBe('Titta i din e-post');
    const other = visitor(service);
    await other.open(address);
    expect(other.heading()).toBe('Create an account');
  });

  it('S83: a wrong code opens nothing, and says which one counts', async () => {
    await signUpFor();
    const right = await codeFor(email);
    const wrong = String((Number(right) + 1) % 1_000_000).padStart(6, '0');
    const answer = await browser.submit({ code: wrong });
    expect([answer.status, sessionOf(browser)]).toEqual([400, '']);
    await browser.submit({ code: right });
    expect(sessionOf(browser)).not.toBe('');
  });

  it('S79: the code works in the browser that asked for it alone', async () => {
    const page = await signUpFor();
    const registration = /name="registration" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const thief = visitor(service);
    await thief.open('/sign-up');
    const answer = await thief.submit({ registration, code: await codeFor(email) });
    expect([answer.status, sessionOf(thief)]).toEqual([403, '']);
  });

  it('S7: answers alike whether or not the address has an account', async () => {
    const seen = [];
    for (const address of [email, (await registerAndLogin(service)).email]) {
      await browser.open('/sign-up');
      const answer = await send({ email: address, password });
      const page = answer.body.replaceAll(address, '').replace(/(name="registration" value="|sent=)[\w-]*/g, '');
      seen.push([answer.status, page, [...answer.headers.keys()].sort()]);
      expect((await browser.submit({ code: '123456' })).status).toBe(400);
    }
    expect(seen[1]).toEqual(seen[0]);
  });

  it('sent twice, is one registration, and the second page takes the code', async () => {
    await browser.open('/sign-up');
    const twice = [browser.submit({ email, password }), browser.submit({ email, password })];
    await Promise.all(twice);
    await browser.open(browser.location());
    await browser.submit({ code: await codeFor(email) });
    expect(sessionOf(browser)).not.toBe('');
    expect(mailTo(service, email)).toHaveLength(1);
  });

  it('with another password in the same form, is another registration, whose owner is told', async () => {
    await browser.open('/sign-up');
    const form = await browser.open('/sign-up');
    const [, id = ''] = /name="form_id" value="([^"]*)"/.exec(form.body) ?? [];
    await browser.submit({ email, password });
    await browser.open('/sign-up');
    await browser.submit({ email, password: 'another horse battery staple', form_id: id });
    await newestMail(service, email, 'reset_password');
    expect((await service.post('/v1/auth/login', { email, password })).status).toBe(200);
  });

  it('mails another code where it is asked for', async () => {
    await signUpFor();
    const before = await codeFor(email);
    await send({ answer: 'again' });
    const mails = [before, await codeFor(email)];
    expect(mails[1]).not.toBe(mails[0]);
    await browser.submit({ code: mails[1] ?? '' });
    expect(sessionOf(browser)).not.toBe('');
  });

  it('says at its field what is wrong, and keeps the address', async () => {
    await browser.open('/sign-up');
    const refused = await browser.submit({ email, password: 'short' });
    expect([refused.status, refused.body.includes(`value="${email}"`)]).toEqual([422, true]);
    expect((await browser.submit({ email: 'no address', password })).status).toBe(400);
    expect(await userOf(email)).toBeUndefined();
  });
});

describe('the link in the mail', () => {
  it('leads on with the request, in the browser that came with it', async () => {
    const page = await requested('/forgot-password');
    const person = await registerAndLogin(service);
    await browser.open(page);
    await send({ email: person.email });
    expect(browser.heading()).toBe('Check your mail');
    const { pathname, search } = linkIn(await newestMail(service, person.email, 'reset_password'));
    await browser.open(`${pathname}${search}`);
    const done = await browser.submit({ new_password: 'a much newer horse battery staple' });
    const [, next = ''] = /href="[^"]*(\/sign-in\?request=[^"]*)"/.exec(done.body) ?? [];
    await browser.open(next);
    await browser.submit({ email: person.email, password: 'a much newer horse battery staple' });
    expect(await follow(browser)).toMatch(`${client.redirectUri}?code=`);
  });

  it('S7: is asked for alike by whoever has no account', async () => {
    await browser.open('/forgot-password');
    const answer = await send({ email });
    expect([answer.status, browser.heading(), mailTo(service, email)]).toEqual([200, 'Check your mail', []]);
  });

  it('of a registration leads on too', async () => {
    await signUpFor(await requested('/sign-up'));
    const { pathname, search } = linkIn(await newestMail(service, email, 'verify_email'));
    await browser.open(`${pathname}${search}`);
    const done = await browser.submit({ answer: 'mine' });
    expect(done.body).toContain('/sign-in?request=');
  });
});
