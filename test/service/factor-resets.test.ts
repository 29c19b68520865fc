/** Somebody who has lost every factor: an administrator takes them, and the mailed link with the password gives others. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginLogin, giveApp, giveRecoveryCodes, setUpApp } from '../support/factors.ts';
import { raise } from '../support/levels.ts';
import { mailedToken, mailTo, newestMail } from '../support/mailbox.ts';
import { claimsOf, signInByMail } from '../support/mailed-logins.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { makeAdmin, proveAddress } from '../support/organizations.ts';
import { sendAt, sessionOf, visitor } from '../support/page-visitor.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const PASSWORD = 'another horse battery staple';

let service: Service;
let admin: Person;
let person: Person;

beforeAll(async () => {
  service = await sharedService({ emailLogin: 'on' });
  admin = await makeAdmin(service, await registerAndLogin(service));
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  await raise(service, admin);
  person = await registerAndLogin(service);
  await proveAddress(service, person);
  await giveApp(service, person.userId);
  await giveRecoveryCodes(service, person.userId);
});

const reset = (by = admin, whom = person, reason = 'Came to the desk with a passport') =>
  service.post(`/v1/admin/users/${whom.userId}/factors/reset`, { reason }, by.bearer);
const link = () => mailedToken(service, person.email, 'factors_reset');
const restore = (token: string, password = person.password) =>
  service.post('/v1/auth/reset-factors', { token, password });
const bearerOf = (answer: { readonly body: { readonly access_token: string } }) => ({
  authorization: `Bearer ${answer.body.access_token}`,
});
const enrol = (bearer: { readonly authorization: string }) => service.post('/v1/auth/totp', undefined, bearer);
const kinds = async (userId = person.userId) =>
  (await service.sql('select kind from factors where user_id = $1 order by kind', [userId])).map(({ kind }) => kind);
async function resetPassword(password: string): Promise<void> {
  await service.post('/v1/auth/request-password-reset', { email: person.email });
  const token = await mailedToken(service, person.email, 'reset_password');
  await service.post('/v1/auth/reset-password', { token, new_password: password });
}

describe('an administrator', () => {
  it('takes them: sessions end, it is audited with the reason, announced, and mailed with a link of a day', async () => {
    await beginLogin(service, person);
    const { status, body } = await reset();
    expect([status, body.user_id]).toEqual([200, person.userId]);
    expect((Date.parse(body.link_expires_at) - Date.now()) / 3_600_000).toBeCloseTo(24, 1);
    expect(await kinds()).toEqual([]);
    expect((await service.get('/v1/auth/me', person.bearer)).status).toBe(401);
    const entries = await service.audit(person.userId);
    expect(entries.find(({ action }) => action === 'factors.reset')).toMatchObject({
      actor_id: admin.userId,
      detail: { stated_reason: 'Came to the desk with a passport', by: 'administrator' },
    });
    expect(entries.filter(({ action }) => action === 'factor.removed')).toHaveLength(2);
    const mail = await newestMail(service, person.email, 'factors_reset');
    expect(mail.Body?.text_part).toContain('/reset-factors?token=');
    expect(
      mailTo(service, person.email).filter(({ Tags }) => Tags?.some(({ Value }) => Value === 'factor_removed')),
    ).toHaveLength(2);
    // The password alone is level 1 from now on, and opens the account.
    expect(claimsOf(await service.post('/v1/auth/login', person)).acr).toBe('urn:identity:acr:1');
  });

  it('S85: has shown a second factor within five minutes, for locks too', async () => {
    await raise(service, admin, 301);
    const user = `/v1/admin/users/${person.userId}`;
    for (const [path, body] of [
      ['factors/reset', { reason: 'Called' }],
      ['lock', {}],
      ['unlock', undefined],
    ] as const) {
      const answer = await service.post(`${user}/${path}`, body, admin.bearer);
      expect([answer.status, answer.body.code, answer.body.acr_values, answer.body.max_age]).toEqual([
        403,
        'REAUTHENTICATION_REQUIRED',
        'urn:identity:acr:2',
        300,
      ]);
    }
    expect(await kinds()).toEqual(['recovery', 'totp']);
    await raise(service, admin, 299);
    expect((await reset()).status).toBe(200);
  });

  it('never takes his own, and needs a reason; nobody else may', async () => {
    await giveApp(service, admin.userId);
    expect((await reset(admin, admin)).body).toMatchObject({ status: 409, code: 'CONFLICT' });
    expect(await kinds(admin.userId)).toContain('totp');
    await service.sql('delete from factors where user_id = $1', [admin.userId]);
    for (const reason of ['', ' ', 'a'.repeat(201), 'a\nb'])
      expect((await reset(admin, person, reason)).status).toBe(400);
    const other = await registerAndLogin(service);
    await raise(service, other);
    expect((await reset(other)).status).toBe(403);
    const second = await makeAdmin(service, await registerAndLogin(service));
    await giveApp(service, second.userId);
    expect((await reset(admin, second)).status).toBe(200);
    expect(await kinds(second.userId)).toEqual([]);
  });

  it.each([
    ['whose address nobody has proved', 'update users set email_verified_at = null where user_id = $1'],
    ['without a password', `update users set password_hash = '!' where user_id = $1`],
  ])('is told why an account %s cannot have a link, and takes nothing', async (_, sql) => {
    await service.sql(sql, [person.userId]);
    expect((await reset()).body).toMatchObject({ status: 409, detail: expect.stringContaining('link') });
    expect(await kinds()).toEqual(['recovery', 'totp']);
  });

  it('leaves no words about a person who has deleted the account', async () => {
    await reset();
    await service.sql('delete from users where user_id = $1', [person.userId]);
    const entries = await service.audit(person.userId);
    expect(entries.find(({ action }) => action === 'factors.reset')?.detail).toEqual({ by: 'administrator' });
  });
});

describe('the command', () => {
  const command = (...args: string[]) => operatorCommand(service, ['users.ts', 'reset-factors', ...args]);

  it('takes those of an administrator, with a reason', async () => {
    const only = await makeAdmin(service, await registerAndLogin(service));
    await giveApp(service, only.userId);
    expect((await command(only.email)).error).toContain('reset-factors EMAIL --reason TEXT');
    expect((await command(newEmail(), '--reason', 'Lost')).error).toBe('no account has this address\n');
    const { code, out } = await command(only.email, '--reason', 'Lost the phone');
    expect([code, out]).toEqual([0, expect.stringContaining('a link was mailed')]);
    expect(await kinds(only.userId)).toEqual([]);
    await newestMail(service, only.email, 'factors_reset');
    expect((await service.audit(only.userId)).find(({ action }) => action === 'factors.reset')).toMatchObject({
      actor_id: null,
      detail: { stated_reason: 'Lost the phone', by: 'operator' },
    });
  });
});

describe('S86: until the link and the password come together, nothing is set up', () => {
  it('not with the password alone, nor with the mailbox alone, whatever that resets', async () => {
    await reset();
    const token = await link();
    const byPassword = await service.post('/v1/auth/login', person);
    expect((await enrol(bearerOf(byPassword))).body).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    // Whoever reads the mailbox signs in by it, and has the link; not the password.
    const byMail = await signInByMail(service, person.email);
    expect((await enrol(bearerOf(byMail))).status).toBe(403);
    expect((await restore(token, 'not the password')).body.code).toBe('INVALID_CREDENTIALS');
    // He makes it his own by the mailbox: that ends the link, and helps neither session.
    await resetPassword(PASSWORD);
    expect((await restore(token, PASSWORD)).body.code).toBe('RESET_TOKEN_INVALID');
    const after = await service.post('/v1/auth/login', { email: person.email, password: PASSWORD });
    expect((await enrol(bearerOf(after))).status).toBe(403);
    // An administrator decides anew, knowing that: the link then counts beside the new password.
    await reset();
    const restored = await restore(await link(), PASSWORD);
    expect((await enrol(bearerOf(restored))).status).toBe(201);
  });

  it('and then by that session alone: one that the mailbox or the password opens meanwhile sets up nothing', async () => {
    await reset();
    const restored = await restore(await link());
    const claims = claimsOf(restored);
    expect([restored.status, claims.acr, claims.amr]).toEqual([200, 'urn:identity:acr:1', ['pwd']]);
    const others = [await service.post('/v1/auth/login', person), await signInByMail(service, person.email)];
    for (const other of others) expect((await enrol(bearerOf(other))).status).toBe(403);
    await setUpApp(service, { bearer: bearerOf(restored) });
    expect(await kinds()).toEqual(['totp']);
    // The account is as any other: its highest level is asked of all sessions.
    for (const other of others) expect((await enrol(bearerOf(other))).body.code).toBe('REAUTHENTICATION_REQUIRED');
    expect((await service.post('/v1/auth/login', person)).body.code).toBe('SECOND_FACTOR_REQUIRED');
    expect((await service.audit(person.userId)).map(({ action }) => action)).toContain('factors.restored');
  });

  it('once, of several at once, and within its day', async () => {
    await reset();
    const token = await link();
    // As many as the limit of an address lets through.
    const tries = await Promise.all(Array.from({ length: 5 }, () => restore(token)));
    const statuses = tries.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    await reset();
    const next = await link();
    expect(next).not.toBe(token);
    service.setClockOffset(24 * 60 * 60 + 1);
    expect((await restore(next)).body.code).toBe('RESET_TOKEN_EXPIRED');
  });

  it('is the newest link alone', async () => {
    await reset();
    const older = await link();
    await reset();
    expect((await restore(older)).body.code).toBe('RESET_TOKEN_INVALID');
    expect((await restore(await link())).status).toBe(200);
  });

  it('gets an administrator in to enrol, and no further', async () => {
    const only = await makeAdmin(service, person);
    await reset();
    const restored = await restore(await link());
    expect(restored.body.enrolment_required).toBe(true);
    expect((await service.get(`/v1/admin/users/${admin.userId}`, bearerOf(restored))).status).toBe(403);
    await setUpApp(service, { bearer: bearerOf(restored) });
    expect(await kinds(only.userId)).toEqual(['totp']);
  });
});

describe('the page', () => {
  it('changes nothing when it is opened; the password signs in, and leads to where others are set up', async () => {
    await reset();
    const token = await link();
    const visit = visitor(service);
    for (const _ of [1, 2]) {
      const page = await visit.open(`/reset-factors?token=${token}`);
      expect([page.status, visit.heading()]).toEqual([200, 'Set up your second step again']);
      expect(page.body).toContain(person.email);
    }
    const wrong = await visit.submit({ password: 'not the password' });
    expect([wrong.status, sessionOf(visit)]).toEqual([401, '']);
    const right = await visit.submit({ password: person.password });
    expect([right.status, visit.location()]).toEqual([303, '/account']);
    const { body } = await sendAt(visit, '/account/authenticator');
    expect(body).toContain('<svg');
    expect(body).toContain('id="code"');
    await visit.open(`/reset-factors?token=${token}&lang=sv`);
    expect(visit.heading()).toBe('Länken fungerar inte längre');
  });

  it('signs nobody in who comes from another site, or without a cookie', async () => {
    await reset();
    const visit = visitor(service);
    const path = `/reset-factors?token=${await link()}`;
    await visit.open(path);
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await visit.submit({ password: person.password }, foreign)).status).toBe(403);
    await visit.open(path);
    visit.cookies.clear();
    expect((await visit.submit({ password: person.password })).status).toBe(403);
    expect(sessionOf(visit)).toBe('');
  });
});
