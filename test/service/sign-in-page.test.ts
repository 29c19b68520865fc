/** /sign-in: the session of a browser begins there. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { mailedToken } from '../support/mailbox.ts';
import { sessionIdOf, sessionOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let client: TestClient;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  client = await newClient(service, 'public', { first_party: true });
});
afterAll(() => service.stop());
beforeEach(() => {
  service.setClockOffset(0);
  browser = visitor(service);
});

const credentials = () => ({ email: person.email, password: person.password });

describe('signing in', () => {
  it('sets a cookie of this browser alone, which no script reads, and shows who is signed in', async () => {
    const answer = await signInAt(browser, person);
    expect([answer.status, browser.location()]).toEqual([303, '/sign-in']);
    const [set] = answer.headers.getSetCookie();
    expect(set).toMatch(/^identity=[\w-]{64}; Path=\/; HttpOnly; SameSite=Lax$/);
    const page = await browser.open('/sign-in');
    for (const text of [person.email, 'href="/account"']) expect(page.body).toContain(text);
    expect(browser.heading()).toBe('You are signed in');
  });

  it('keeps the cookie where the person asks for it, and knows the device from then on', async () => {
    await browser.open('/sign-in');
    const answer = await browser.submit({ ...credentials(), keep_signed_in: 'true' });
    const [session, device] = answer.headers.getSetCookie();
    expect(session).toMatch(/; Max-Age=7776000$/);
    expect(device).toMatch(/^device-[0-9a-f]{16}=/);
    await signInAt(browser, person);
    const [row] = await service.sql('select known_device from sessions where session_id = $1', [sessionIdOf(browser)]);
    expect(row).toEqual({ known_device: true });
  });

  it('knows at most five accounts of a browser: the one longest unused goes', async () => {
    const names = [];
    for (let count = 0; count < 6; count++) {
      service.setClockOffset(count);
      const one = await registerAndLogin(service);
      await signInAt(browser, one);
      names.push([...browser.cookies.keys()].at(-1));
    }
    const known = [...browser.cookies.keys()].filter((name) => name.startsWith('device-'));
    expect(known).toHaveLength(5);
    expect(known).not.toContain(names[0]);
  });

  it('S7: a wrong password, an unknown address and what is no address are answered alike, and the address is kept', async () => {
    const answers = [];
    for (const email of [person.email, newEmail(), 'not an address']) {
      await browser.open('/sign-in');
      const answer = await browser.submit({ email, password: 'not the password at all' });
      expect(answer.body).toContain(`value="${email}"`);
      answers.push([answer.status, answer.body.replaceAll(email, ''), [...answer.headers.keys()].sort()]);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(answers[0]?.[0]).toBe(401);
    expect(sessionOf(browser)).toBe('');
  });

  it('S79: begins a new session each time, and the one before ends; its clients’ go on for the same person only', async () => {
    const given = (browserSession: string) =>
      service.sql(
        `insert into sessions (session_id, kind, client_id, browser_session_id, user_id, password_epoch, ip_address,
          current_hash, rotated_at, created_at, last_seen_at, idle_expires_at, expires_at)
        select uuidv7(), 'client', $2, session_id, user_id, 0, '', '', now(), now(), now(), expires_at, expires_at
        from sessions where session_id = $1 returning session_id`,
        [browserSession, client.clientId],
      );
    const endOf = async (id: unknown) =>
      (await service.sql('select revoked_reason from sessions where session_id = $1', [id]))[0]?.revoked_reason;
    await signInAt(browser, person);
    const first = sessionIdOf(browser);
    const [own] = await given(first);
    await signInAt(browser, person);
    const second = sessionIdOf(browser);
    expect(second).not.toBe(first);
    expect([await endOf(first), await endOf(own?.session_id)]).toEqual(['logout', null]);
    const ended = await service.outbox('huleedu.identity.session.revoked.v1');
    expect(ended).toContainEqual(expect.objectContaining({ session_id: first, reason: 'logout' }));

    const other = await registerAndLogin(service);
    await signInAt(browser, other);
    expect([await endOf(second), await endOf(own?.session_id)]).toEqual(['logout', 'logout']);

    // What was over for want of use is not begun again.
    const third = sessionIdOf(browser);
    const [idle] = await given(third);
    await service.sql("update sessions set idle_expires_at = now() - interval '1 second' where session_id = $1", [
      third,
    ]);
    await signInAt(browser, other);
    const of = 'select browser_session_id from sessions where session_id = $1';
    expect(await service.sql(of, [idle?.session_id])).toEqual([{ browser_session_id: third }]);
  });

  it('S79: a form without its token, with another browser’s, or from another site opens nothing', async () => {
    await browser.open('/sign-in');
    const stale = await browser.submit({ ...credentials(), form_token: 'x' });
    expect(stale.status).toBe(403);
    expect(stale.body).toContain(person.email);
    const thief = visitor(service);
    await thief.open('/sign-in');
    const token = /name="form_token" value="([^"]*)"/.exec((await thief.open('/sign-in')).body)?.[1] ?? '';
    await browser.open('/sign-in');
    expect((await browser.submit({ ...credentials(), form_token: token })).status).toBe(403);
    await browser.open('/sign-in');
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await browser.submit(credentials(), foreign)).status).toBe(403);
    expect(sessionOf(browser)).toBe('');
  });

  it('says what to do where the browser keeps no cookies', async () => {
    await browser.open('/sign-in');
    browser.cookies.clear();
    const answer = await browser.submit(credentials());
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('href="/sign-in?lang=en"');
  });

  it('S79: no page may frame it', async () => {
    const { headers } = await browser.open('/sign-in');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  it('S9: over the limit, it says how long to wait, and the address is kept', async () => {
    const limited = await sharedService({ rateLimiting: 'on' });
    const visit = visitor(limited);
    let answer = await visit.open('/sign-in');
    for (let tries = 0; tries < 7 && answer.status !== 429; tries++) {
      answer = await visit.submit({ email: 'maria@example.com', password: 'not the password at all' });
    }
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.body).toContain('value="maria@example.com"');
  });

  it('says what to do while the database fails, and the address is kept', async () => {
    await browser.open('/sign-in');
    const error = { code: 'AccessDeniedException', status: 403 };
    service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', error });
    const failed = await browser.submit(credentials());
    expect(failed.status).toBe(500);
    expect(failed.body).toContain(`value="${person.email}"`);
    expect((await browser.submit(credentials())).status).toBe(303);
  });
});

it('the browser in which a mailed link set the password is known to the account when it signs in', async () => {
  const { email, userId } = await registerAndLogin(service);
  await service.post('/v1/auth/request-password-reset', { email });
  const browser = visitor(service);
  await browser.open(`/reset-password?token=${await mailedToken(service, email, 'reset_password')}`);
  const password = 'another horse battery staple';
  expect((await browser.submit({ new_password: password })).status).toBe(200);
  expect([...browser.cookies.keys()]).toContainEqual(expect.stringMatching(/^device-[0-9a-f]{16}$/));
  await signInAt(browser, { email, password });
  const opened = "select known_device from sessions where user_id = $1 and kind = 'browser'";
  expect(await service.sql(opened, [userId])).toEqual([{ known_device: true }]);
});
