/** Sessions of browsers and of clients are seen, ended and audited with those of the JSON door. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { raise } from '../support/levels.ts';
import { mailedToken } from '../support/mailbox.ts';
import { makeAdmin, refreshed } from '../support/organizations.ts';
import { sessionIdOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let client: TestClient;
let admin: Person;
let person: Person;
let browser: Visitor;
let atBrowser: string;
let given: string;
let offline: string;
beforeAll(async () => {
  service = await sharedService();
  client = await newClient(service, 'public', { name: 'Essays' });
  const made = await makeAdmin(service, await registerAndLogin(service));
  admin = { ...made, ...(await made.loginAgain()) };
  await raise(service, admin);
  admin = { ...admin, ...(await refreshed(service, admin)) };
});
afterAll(() => service.stop());
beforeEach(async () => {
  person = await registerAndLogin(service);
  browser = visitor(service);
  await signInAt(browser, person);
  atBrowser = sessionIdOf(browser);
  [given, offline] = await Promise.all([sessionOfClient(false), sessionOfClient(true)]);
});

/** What a client was given by the browser's session. */
async function sessionOfClient(isOffline: boolean): Promise<string> {
  const [row] = await service.sql(
    `insert into sessions (session_id, kind, client_id, browser_session_id, offline, user_id, password_epoch, ip_address,
      current_hash, rotated_at, created_at, last_seen_at, idle_expires_at, expires_at)
    select uuidv7(), 'client', $2, session_id, $3, user_id, password_epoch, ip_address, uuid_send(uuidv7()), now(), now(),
      now(), expires_at, expires_at
    from sessions where session_id = $1 returning session_id`,
    [atBrowser, client.clientId, isOffline],
  );
  return String(row?.session_id);
}

const listed = async () => (await service.get('/v1/auth/sessions', person.bearer)).body;
const live = async () =>
  (await service.sql('select session_id from sessions where user_id = $1 and revoked_at is null', [person.userId])).map(
    ({ session_id }) => session_id,
  );
const reasons = async () =>
  (await service.outbox('huleedu.identity.session.revoked.v1'))
    .filter(({ user_id }) => user_id === person.userId)
    .map(({ session_id, reason }) => [session_id, reason]);
const isSignedIn = async () => {
  await browser.open('/sign-in');
  return browser.heading() === 'You are signed in';
};

it('are listed with their kind, and the client by its name', async () => {
  const { total_count, sessions } = await listed();
  expect(total_count).toBe(4);
  const kinds = sessions.map((one: Record<string, unknown>) => [
    one.session_id,
    one.kind,
    one.client_id,
    one.client_name,
  ]);
  expect(kinds).toEqual(
    expect.arrayContaining([
      [person.sessionId, 'api', null, null],
      [atBrowser, 'browser', null, null],
      [given, 'client', client.clientId, 'Essays'],
    ]),
  );
});

it('are counted for administrators', async () => {
  const { body } = await service.get(`/v1/admin/users/${person.userId}`, admin.bearer);
  expect(body.live_sessions ?? body.sessions).toBe(4);
});

it('S22: a browser’s session ends with those that it gave to clients, but for the offline ones', async () => {
  await service.post('/v1/auth/sessions/revoke', { session_id: atBrowser }, person.bearer);
  expect((await live()).sort()).toEqual([person.sessionId, offline].sort());
  expect(await isSignedIn()).toBe(false);
  expect(await reasons()).toEqual(
    expect.arrayContaining([
      [atBrowser, 'user'],
      [given, 'user'],
    ]),
  );
  const ended = (await service.audit(person.userId)).filter(({ action }) => action === 'session.revoked');
  expect(ended).toHaveLength(2);
});

it('S22: a client’s session ends alone', async () => {
  await service.post('/v1/auth/sessions/revoke', { session_id: given }, person.bearer);
  expect(await isSignedIn()).toBe(true);
  expect(await live()).not.toContain(given);
});

describe('S22: the browser is signed out, and its clients, by', () => {
  const endings: Readonly<Record<string, readonly [end: () => Promise<unknown>, left: () => string[]]>> = {
    'signing out everywhere': [
      () => service.post('/v1/auth/sessions/revoke-all', {}, person.bearer),
      () => [person.sessionId],
    ],
    'another password': [
      () =>
        service.post(
          '/v1/auth/change-password',
          { current_password: person.password, new_password: 'another fine long password' },
          person.bearer,
        ),
      () => [person.sessionId],
    ],
    'a reset': [
      async () => {
        await service.post('/v1/auth/request-password-reset', { email: person.email });
        const token = await mailedToken(service, person.email, 'reset_password');
        await service.post('/v1/auth/reset-password', { token, new_password: 'another fine long password' });
      },
      () => [],
    ],
    'an administrator’s lock': [
      () => service.post(`/v1/admin/users/${person.userId}/lock`, {}, admin.bearer),
      () => [],
    ],
    'an administrator who ends all sessions': [
      () => service.post(`/v1/admin/users/${person.userId}/revoke-sessions`, {}, admin.bearer),
      () => [],
    ],
    'deletion of the account': [
      () => service.delete('/v1/auth/me', { password: person.password }, person.bearer),
      () => [],
    ],
  };
  it.each(Object.keys(endings))('%s', async (name) => {
    const [end, left] = endings[name] ?? [];
    await end?.();
    expect(await live()).toEqual(left?.());
    expect(await isSignedIn()).toBe(false);
  });
});

describe('what a client does in the person’s name', () => {
  /** As a token of the client's session has it. */
  const asClient = async () => {
    await service.sql("update sessions set kind = 'api' where session_id = $1", [given]);
    await service.sql('update sessions set browser_session_id = $2, kind = $3 where session_id = $1', [
      person.sessionId,
      atBrowser,
      'client',
    ]);
  };

  it('keeps its own session and the browser’s that it is from, when all others end', async () => {
    await asClient();
    await service.post('/v1/auth/sessions/revoke-all', {}, person.bearer);
    expect((await live()).sort()).toEqual([person.sessionId, atBrowser].sort());
    expect(await isSignedIn()).toBe(true);
  });

  it('S6: keeps both when it changes the password', async () => {
    await asClient();
    const change = { current_password: person.password, new_password: 'another fine long password' };
    expect((await service.post('/v1/auth/change-password', change, person.bearer)).status).toBe(204);
    expect((await live()).sort()).toEqual([person.sessionId, atBrowser].sort());
    expect(await isSignedIn()).toBe(true);
  });
});
