/** Undoing a change of address, by the link that the old address was mailed. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ADDRESS,
  asked,
  askFor,
  changed,
  confirm,
  dead,
  eventsOf,
  provedPerson,
  undo,
} from '../support/email-changes.ts';
import { giveApp } from '../support/factors.ts';
import { mailedToken, newestMail } from '../support/mailbox.ts';
import { accept, invite, newOrganization } from '../support/organizations.ts';
import { login, newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

const HOUR = 3_600;
const emailOf = async ({ userId }: Person) =>
  (
    await service.sql('select email, email_verified_at is not null as proved from users where user_id = $1', [userId])
  )[0];
const loginStatus = async (email: string, password: string) =>
  (await service.post('/v1/auth/login', { email, password })).status;

describe('before the change', () => {
  it('cancels it', async () => {
    const person = await provedPerson(service);
    const { link, undoLink } = await asked(service, person);
    expect(await undo(service, undoLink)).toMatchObject({ status: 200 });
    expect(await confirm(service, link)).toMatchObject(dead);
    expect(await undo(service, undoLink)).toMatchObject(dead);
    expect(await emailOf(person)).toEqual({ email: person.email, proved: true });
    expect((await service.get(ADDRESS, person.bearer)).body.pending).toBeNull();
  });

  it('has nothing to cancel where the change ended by itself', async () => {
    const { undoLink } = await asked(service, await provedPerson(service));
    service.setClockOffset(25 * HOUR);
    expect(await undo(service, undoLink)).toMatchObject(dead);
  });
});

describe('after the change', () => {
  it('gives the old address back, ends every session, and announces it', async () => {
    const { person, to, undoLink } = await changed(service);
    const thief = await login(service, { email: to, password: person.password });
    expect((await undo(service, undoLink)).status).toBe(200);
    expect(await emailOf(person)).toEqual({ email: person.email, proved: true });
    for (const { bearer, refreshToken } of [person, thief]) {
      expect((await service.get('/v1/auth/me', bearer)).status).toBe(401);
      expect((await service.post('/v1/auth/refresh', { refresh_token: refreshToken })).status).toBe(401);
    }
    expect(await eventsOf(service, 'huleedu.identity.email.changed.v1', person)).toMatchObject([
      { email: to },
      { email: person.email },
    ]);
    const [entry] = await service.sql(`select from audit_log where user_id = $1 and action = 'email.change_undone'`, [
      person.userId,
    ]);
    expect(entry).toBeDefined();
    await newestMail(service, to, 'email_change_undone');
    expect(await loginStatus(person.email, person.password)).toBe(200);
    expect(await loginStatus(to, person.password)).toBe(401);
  });

  it('works by the link of the notice that came after the change, too, and once by both', async () => {
    const { person, undoLink } = await changed(service);
    const later = await mailedToken(service, person.email, 'email_changed');
    expect(later).not.toBe(undoLink);
    expect((await undo(service, later)).status).toBe(200);
    expect(await undo(service, undoLink)).toMatchObject(dead);
  });

  it('works for 72 hours, and no longer', async () => {
    const [one, other] = [await changed(service), await changed(service)];
    service.setClockOffset(71 * HOUR);
    expect((await undo(service, one.undoLink)).status).toBe(200);
    service.setClockOffset(73 * HOUR);
    expect(await undo(service, other.undoLink)).toMatchObject(dead);
    expect(await emailOf(other.person)).toMatchObject({ email: other.to });
  });

  it('S85: removes the factors that came since the request, announces that, and leaves those of before', async () => {
    const person = await provedPerson(service);
    const addPasskey = (name: string, at: string) =>
      service.sql(
        `insert into factors (
          factor_id, user_id, kind, name, credential_id, public_key, sign_count, may_back_up, is_backed_up, confirmed_at, created_at
        )
        values (uuidv7(), $1, 'passkey', $2, sha256(uuidv7()::text::bytea), '\\x01', 0, true, true, ${at}, ${at})`,
        [person.userId, name],
      );
    const { undoLink } = await changed(service, person);
    await addPasskey('own', `now() - interval '1 day'`);
    await addPasskey('planted', 'now()');
    await giveApp(service, person.userId);
    // An app that was there, whose secret is another since: the row is old, what is in it is not.
    await service.sql(`update factors set created_at = now() - interval '1 day' where user_id = $1 and kind = 'totp'`, [
      person.userId,
    ]);
    expect((await undo(service, undoLink)).status).toBe(200);
    const left = await service.sql('select name from factors where user_id = $1', [person.userId]);
    expect(left).toEqual([{ name: 'own' }]);
    const removed = await eventsOf(service, 'huleedu.identity.factor.removed.v1', person);
    expect(removed.map(({ factor }) => factor).sort()).toEqual(['passkey', 'totp']);
  });

  it('S57: takes back who was invited since the request, and nobody who was before', async () => {
    const person = await provedPerson(service);
    const org = await newOrganization(service, person);
    const [friend, stranger] = [await provedPerson(service), await provedPerson(service)];
    await invite(service, person, org, friend.email, ['teacher']);
    const { undoLink } = await changed(service, person);
    await invite(service, person, org, stranger.email, ['owner']);
    const [old, planted] = [friend, stranger].map(({ email }) => mailedToken(service, email, 'invitation'));
    await Promise.all([old, planted]);
    expect((await undo(service, undoLink)).status).toBe(200);
    expect((await accept(service, friend, (await old) ?? '')).status).toBe(200);
    expect((await accept(service, stranger, (await planted) ?? '')).status).toBe(400);
  });

  it('ends a password that was set since, which the old mailbox sets anew', async () => {
    const { person, to, undoLink } = await changed(service);
    await service.post('/v1/auth/request-password-reset', { email: to });
    const token = await mailedToken(service, to, 'reset_password');
    const theirs = 'a password of somebody else';
    expect((await service.post('/v1/auth/reset-password', { token, new_password: theirs })).status).toBe(200);
    expect((await undo(service, undoLink)).status).toBe(200);
    for (const password of [theirs, person.password]) expect(await loginStatus(person.email, password)).toBe(401);
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const own = await mailedToken(service, person.email, 'reset_password');
    const mine = 'a password of my own again';
    expect((await service.post('/v1/auth/reset-password', { token: own, new_password: mine })).status).toBe(200);
    expect(await loginStatus(person.email, mine)).toBe(200);
  });

  it('cannot be voided by another change: none is taken while it is open', async () => {
    const { person, undoLink } = await changed(service);
    const again = await askFor(service, person, newEmail());
    expect(again).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect((await service.get(ADDRESS, person.bearer)).body.undo_until).toEqual(expect.any(String));
    expect((await undo(service, undoLink)).status).toBe(200);
    const back = { ...person, ...(await login(service, { email: person.email, password: person.password })) };
    await changed(service, back);
  });

  it('undoes the newest change alone', async () => {
    const first = await changed(service);
    service.setClockOffset(73 * HOUR);
    const next = await login(service, { email: first.to, password: first.person.password });
    const moved = { ...first.person, ...next, email: first.to };
    const second = await changed(service, moved);
    expect(await undo(service, first.undoLink)).toMatchObject(dead);
    expect((await undo(service, second.undoLink)).status).toBe(200);
    expect(await emailOf(first.person)).toMatchObject({ email: first.to });
  });

  it('S56: takes the old address back from an account that nobody has proved', async () => {
    const { person, undoLink } = await changed(service);
    const squatter = await registerAndLogin(service, { email: person.email });
    expect((await undo(service, undoLink)).status).toBe(200);
    expect((await service.get('/v1/auth/me', squatter.bearer)).status).toBe(401);
    expect(await emailOf(person)).toEqual({ email: person.email, proved: true });
  });

  it('does not take it from one whose mailbox has proved it', async () => {
    const { person, to, undoLink } = await changed(service);
    const owner = await registerAndLogin(service, { email: person.email });
    await service.sql('update users set email_verified_at = now() where user_id = $1', [owner.userId]);
    expect(await undo(service, undoLink)).toMatchObject({ status: 409, body: { code: 'USER_ALREADY_EXISTS' } });
    expect(await emailOf(person)).toMatchObject({ email: to });
    expect((await service.get('/v1/auth/me', owner.bearer)).status).toBe(200);
  });

  it('S83: is done once however many try at once, beside a login and a new password', async () => {
    const { person, to, undoLink } = await changed(service);
    const attacks = [
      ...Array.from({ length: 20 }, () => undo(service, undoLink)),
      service.post('/v1/auth/login', { email: to, password: person.password }),
      service.post(
        '/v1/auth/change-password',
        { current_password: person.password, new_password: 'a password of somebody else' },
        person.bearer,
      ),
    ];
    const answers = await Promise.all(attacks);
    expect(answers.slice(0, 20).filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await emailOf(person)).toEqual({ email: person.email, proved: true });
    expect(await eventsOf(service, 'huleedu.identity.email.changed.v1', person)).toHaveLength(2);
    const live = await service.sql(
      `select from sessions s join users u using (user_id)
      where user_id = $1 and s.revoked_at is null and s.password_epoch >= u.password_epoch`,
      [person.userId],
    );
    expect(live).toEqual([]);
  });

  it('S72: leaves no address of the account behind when it is deleted, and takes nothing of a stranger', async () => {
    const { person, to } = await changed(service);
    // Somebody has the former address now, and mails under way.
    const stranger = await registerAndLogin(service, { email: person.email });
    expect((await service.delete('/v1/auth/me', { password: person.password }, person.bearer)).status).toBe(204);
    const found = await service.sql(
      `select topic, data from event_outbox where data::text like '%' || $1 || '%' and aggregate_id <> $3
       union all select topic, data from event_outbox where data::text like '%' || $2 || '%' and aggregate_id <> $3`,
      [person.email, to, stranger.userId],
    );
    expect(found).toEqual([]);
    expect(await service.sql('select from email_changes where user_id = $1', [person.userId])).toEqual([]);
    const own = await service.sql('select from event_outbox where aggregate_id = $1 and data::text like $2', [
      stranger.userId,
      `%${person.email}%`,
    ]);
    expect(own.length).toBeGreaterThan(0);
  });
});
