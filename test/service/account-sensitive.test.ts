/** /account: what is asked of people before they do what a session alone must not do. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { giveApp } from '../support/factors.ts';
import { newestMail } from '../support/mailbox.ts';
import { sendAt, sessionIdOf, sessionOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  person = await registerAndLogin(service, { person_name: { first_name: 'Ada', last_name: 'Lovelace' } });
  browser = visitor(service);
  await signInAt(browser, person);
});

const send = (path: string, fields?: Readonly<Record<string, string>>) => sendAt(browser, path, fields);

describe('S85: what is sensitive', () => {
  const later = () => service.setClockOffset(301);

  it('asks for the password once more after five minutes, and leads on', async () => {
    later();
    for (const page of ['password', 'export', 'delete']) {
      await browser.open(`/account/${page}`);
      expect(browser.location()).toBe(`/account/confirm?to=%2Faccount%2F${page}`);
    }
    await browser.open(browser.location());
    expect(browser.heading()).toBe('Confirm that it is you');
    const wrong = await browser.submit({ password: 'not the password at all' });
    expect([wrong.status, browser.heading()]).toEqual([401, 'Confirm that it is you']);
    expect(wrong.body).toContain('id="password-error"');
    await browser.submit({ password: person.password });
    expect(browser.location()).toBe('/account/delete');
    expect((await browser.open('/account/delete')).status).toBe(200);
  });

  it('is refused where the form comes later than that, and nothing is done', async () => {
    await browser.open('/account/delete');
    later();
    await browser.submit({ understood: 'true' });
    expect(browser.location()).toBe('/account/confirm?to=%2Faccount%2Fdelete');
    expect(await service.sql('select from users where user_id = $1', [person.userId])).toHaveLength(1);
  });

  it('asks whoever has a second factor for that: a password is not enough', async () => {
    await giveApp(service, person.userId);
    await browser.open('/account/confirm?to=/account/password');
    expect(browser.location()).toBe('/second-factor?again=true&to=%2Faccount%2Fpassword');
    await browser.open('/account/password');
    expect(browser.location()).toBe('/account/confirm?to=%2Faccount%2Fpassword');
  });

  it('raises the session by the second factor, and leads on', async () => {
    const app = await giveApp(service, person.userId);
    await browser.open('/second-factor?again=true&to=/account/password');
    expect(browser.heading()).toBe('Enter your code');
    const wrong = await browser.submit({ code: app.wrongCode() });
    expect([wrong.status, browser.heading()]).toEqual([401, 'Enter your code']);
    await browser.submit({ code: app.code() });
    expect(browser.location()).toBe('/account/password');
    expect((await browser.open('/account/password')).status).toBe(200);
    const [session] = await service.sql('select amr from sessions where session_id = $1', [sessionIdOf(browser)]);
    expect(session).toEqual({ amr: ['pwd', 'otp', 'mfa'] });
  });

  it('S6: changes the password, ends every other session, and renews the cookie of this one', async () => {
    const before = sessionOf(browser);
    const refused = await send('/account/password', { new_password: 'password1234' });
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('id="new_password-error"');
    const next = 'a much newer horse battery staple';
    const saved = await send('/account/password', { new_password: next });
    expect(saved.body).toContain('Your password is changed');
    expect(sessionOf(browser)).not.toBe(before);
    expect((await service.get('/v1/auth/me', person.bearer)).status).toBe(401);
    const thief = visitor(service);
    thief.cookies.set('identity', before);
    expect((await thief.open('/account')).status).toBe(303);
    const again = visitor(service);
    await signInAt(again, { ...person, password: next });
    expect(sessionOf(again)).not.toBe('');
    await newestMail(service, person.email, 'password_changed');
  });

  it('gives everything that is held as a file', async () => {
    await browser.open('/account/export');
    const answer = await browser.submit({});
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="account.json"');
    expect(answer.body).toMatchObject({ profile: { email: person.email }, next_cursor: null });
    expect(JSON.stringify(answer.body)).toContain(sessionIdOf(browser));
  });

  it('gives a file of more than 1,200 things whole, and begins anew at an address that nobody gave', async () => {
    await service.sql(
      `insert into audit_log (entry_id, occurred_at, action, user_id, correlation_id, detail)
      select uuidv7(), now(), 'login.failed', $1, gen_random_uuid(), '{}' from generate_series(1, 1300)`,
      [person.userId],
    );
    for (const cursor of ['', '-1', '[]', '"x"']) {
      await browser.open(`/account/export?${new URLSearchParams({ cursor })}`);
      const { status, body } = await browser.submit({});
      expect([status, body.next_cursor]).toEqual([200, null]);
      expect(body.audit.length).toBeGreaterThan(1300);
    }
  });

  it('S30: takes no password for a wrong one', async () => {
    service.setClockOffset(301);
    await browser.open('/account/confirm');
    const answer = await browser.submit({ password: '' });
    expect([answer.status, browser.heading()]).toEqual([401, 'Confirm that it is you']);
  });

  it('deletes the account after saying what goes, and only where the box is ticked', async () => {
    const page = await browser.open('/account/delete');
    expect(page.body).toContain('Your 2 sessions end, on every device.');
    const unticked = await browser.submit({});
    expect([unticked.status, browser.heading()]).toEqual([400, 'Delete your account?']);
    const gone = await browser.submit({ understood: 'true' });
    expect([gone.status, browser.heading(), sessionOf(browser)]).toEqual([200, 'Your account is deleted', '']);
    expect(await service.sql('select from users where user_id = $1', [person.userId])).toEqual([]);
  });
});
