/** Signing in with a passkey at the JSON door, alone. */
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { raise } from '../support/levels.ts';
import { makeAdmin } from '../support/organizations.ts';
import {
  givePasskey,
  loginChallenge,
  type OwnPasskey,
  passkeyLogin,
  sendAssertion,
  surely,
} from '../support/passkeys.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

const PASSKEYS = '/v1/auth/passkeys';
const OPTIONS = `${PASSKEYS}/options`;
const wrong = { status: 401, body: { code: 'INVALID_CREDENTIALS' } };
const over = { status: 400, body: { code: 'CHALLENGE_INVALID' } };

const withPasskey = async (more: Parameters<typeof givePasskey>[2] = {}) => {
  const person = await registerAndLogin(service);
  return { person, passkey: await givePasskey(service, person, more) };
};
const rowOf = async ({ id }: OwnPasskey) => (await service.sql('select * from factors where factor_id = $1', [id]))[0];
const sessionsOf = async ({ userId }: Person) => {
  const [row] = await service.sql('select count(*)::integer as n from sessions where user_id = $1', [userId]);
  return row?.n as number;
};
const eventsOf = async (topic: string, { userId }: Person) =>
  (await service.outbox(topic)).filter(({ user_id }) => user_id === userId);

describe('signing in with a passkey', () => {
  it('gives a session of the highest level, to somebody who typed nothing', async () => {
    const { person, passkey } = await withPasskey();
    const { status, body } = await passkeyLogin(service, passkey, {}, { device_name: 'Phone' });
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token)).toMatchObject({ sub: person.userId, acr: 'phr', amr: ['pop', 'user', 'mfa'] });
    expect(await eventsOf('huleedu.identity.login.succeeded.v1', person)).toHaveLength(2);
    const refreshed = await service.post('/v1/auth/refresh', { refresh_token: body.refresh_token });
    expect(decodeJwt(refreshed.body.access_token)).toMatchObject({ acr: 'phr' });
  });

  it('S60: takes no address, and gives everybody the same options', async () => {
    const { status, body } = await service.post(`${PASSKEYS}/login-options`);
    expect(status).toBe(200);
    expect(body.options).toEqual({
      challenge: expect.any(String),
      rpId: 'localhost',
      timeout: 300_000,
      userVerification: 'required',
      allowCredentials: [],
    });
  });

  it('S83: one challenge opens one session, of 20 tries at once', async () => {
    const { person, passkey } = await withPasskey();
    const before = await sessionsOf(person);
    const assertion = passkey.assertion(await loginChallenge(service));
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        service.post(`${PASSKEYS}/login`, { assertion }, { 'x-forwarded-for': `192.0.2.${index}` }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status !== 200).map(({ status }) => status)).toEqual(Array(19).fill(401));
    expect(await sessionsOf(person)).toBe(before + 1);
    expect(await sendAssertion(service, assertion)).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CREDENTIALS', detail: 'It was used before, or the account has changed. Begin again.' },
    });
  });

  it('S83: a challenge holds for five minutes, for the browser that asked, and for a login alone', async () => {
    const { person, passkey } = await withPasskey();
    const assertion = passkey.assertion(await loginChallenge(service));
    service.setClockOffset(301);
    expect(await sendAssertion(service, assertion)).toMatchObject(over);
    service.setClockOffset(0);

    const cookie = (value: string) => ({ cookie: `form=${value.repeat(22)}` });
    const asked = await service.post(`${PASSKEYS}/login-options`, undefined, cookie('a'));
    const body = { assertion: passkey.assertion(asked.body.options.challenge) };
    expect(await service.post(`${PASSKEYS}/login`, body)).toMatchObject(over);
    expect(await service.post(`${PASSKEYS}/login`, body, cookie('b'))).toMatchObject(over);
    expect(await service.post(`${PASSKEYS}/login`, body, cookie('a'))).toMatchObject({ status: 200 });

    await raise(service, person);
    const { options } = (await service.post(OPTIONS, undefined, person.bearer)).body;
    expect(await sendAssertion(service, passkey.assertion(options.challenge))).toMatchObject(over);
  });

  it.each([
    ['without user verification', { isVerified: false }],
    ['with nobody there', { isPresent: false }],
    ['at another origin', { origin: 'https://localhost.evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['in a frame', { crossOrigin: true }],
    ['that may no longer be synced, and could', { mayBackUp: false }],
  ])('refuses an assertion %s, and tells nobody why', async (_, changed) => {
    const { person, passkey } = await withPasskey();
    expect(await passkeyLogin(service, passkey, changed)).toMatchObject({
      ...wrong,
      body: { detail: 'The passkey was not accepted.' },
    });
    const [entry] = await service.sql(`select detail from audit_log where user_id = $1 and action = 'login.failed'`, [
      person.userId,
    ]);
    expect(entry?.detail).toMatchObject({ reason: 'invalid_password', factor: 'passkey' });
    expect(await passkeyLogin(service, passkey)).toMatchObject({ status: 200 });
  });

  it('refuses the user handle of somebody else, and an assertion without one', async () => {
    const [{ passkey }, other] = [await withPasskey(), await withPasskey()];
    for (const userHandle of [other.passkey.userHandle, undefined]) {
      const { response, ...assertion } = passkey.assertion(await loginChallenge(service));
      const { userHandle: _, ...rest } = response;
      const given = { ...assertion, response: { ...rest, ...(userHandle === undefined ? {} : { userHandle }) } };
      expect(await sendAssertion(service, given)).toMatchObject(wrong);
    }
  });

  it('says of a passkey that nobody has that its browser may forget it', async () => {
    const { person, passkey } = await withPasskey();
    const sure = await surely(service, passkey);
    expect((await service.delete('/v1/auth/me', { password: person.password }, sure.bearer)).status).toBe(204);
    const unknown = { status: 401, body: { code: 'PASSKEY_UNKNOWN' } };
    expect(await passkeyLogin(service, passkey)).toMatchObject(unknown);
  });

  it('S67: lets its owner through a lock of guesses, which it leaves closed, and not through an administrator’s', async () => {
    const { person, passkey } = await withPasskey();
    for (let guess = 0; guess < 5; guess++) {
      await service.post('/v1/auth/login', { email: person.email, password: 'a wrong horse battery staple' });
    }
    expect(await passkeyLogin(service, passkey)).toMatchObject({ status: 200 });
    const byPassword = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    expect(byPassword.status).not.toBe(200);

    const admin = await makeAdmin(service, await registerAndLogin(service));
    await service.sql(`update users set locked_until = now() + interval '1 hour' where user_id = $1`, [person.userId]);
    expect(await passkeyLogin(service, passkey)).toMatchObject(wrong);
    expect(admin.userId).not.toBe(person.userId);
  });

  it('refuses one that was closed, or removed', async () => {
    const { passkey } = await withPasskey();
    await service.sql('update factors set closed_at = now() where factor_id = $1', [passkey.id]);
    expect(await passkeyLogin(service, passkey)).toMatchObject(wrong);
    await service.sql('delete from factors where factor_id = $1', [passkey.id]);
    expect(await passkeyLogin(service, passkey)).toMatchObject({ status: 401, body: { code: 'PASSKEY_UNKNOWN' } });
  });

  it('notes use, counter and whether it is synced by now', async () => {
    const { passkey } = await withPasskey({ isBackedUp: false });
    expect(await rowOf(passkey)).toMatchObject({ is_backed_up: false, may_back_up: true, last_used_at: null });
    expect(await passkeyLogin(service, passkey, { isBackedUp: true, signCount: 7 })).toMatchObject({ status: 200 });
    expect(await rowOf(passkey)).toMatchObject({ is_backed_up: true, may_back_up: true, sign_count: '7' });
    expect((await rowOf(passkey))?.last_used_at).not.toBeNull();
  });

  it('signs in one that counts back, and tells the owner of one that is bound to its device', async () => {
    const told = async ({ email }: Person) =>
      (await service.outbox('huleedu.email.notification.requested.v1')).filter(
        ({ to, template_id }) => to === email && template_id === 'passkey_copied',
      ).length;
    for (const [mayBackUp, mails] of [
      [true, 0],
      [false, 1],
    ] as const) {
      const { person, passkey } = await withPasskey({ mayBackUp, isBackedUp: mayBackUp, signCount: 5 });
      expect(await passkeyLogin(service, passkey, { signCount: 6 })).toMatchObject({ status: 200 });
      expect(await told(person)).toBe(0);
      expect(await passkeyLogin(service, passkey, { signCount: 3 })).toMatchObject({ status: 200 });
      expect(await told(person)).toBe(mails);
      const [entry] = await service.sql(
        `select detail from audit_log where user_id = $1 and action = 'login.succeeded' order by entry_id desc limit 1`,
        [person.userId],
      );
      expect(entry?.detail).toMatchObject({ reason: 'passkey_counts_back' });
    }
  });

  it('knows the device again by its token, and mails of no new one then', async () => {
    const { person, passkey } = await withPasskey();
    const told = async () =>
      (await service.outbox('huleedu.email.notification.requested.v1')).filter(
        ({ to, template_id }) => to === person.email && template_id === 'new_device',
      ).length;
    const first = await passkeyLogin(service, passkey, {}, { device_name: 'Phone' });
    const before = await told();
    await passkeyLogin(service, passkey, {}, { device_name: 'Tablet', device_token: first.body.device_token });
    expect(await told()).toBe(before);
    await passkeyLogin(service, passkey, {}, { device_name: 'Desk' });
    expect(await told()).toBe(before + 1);
  });
});

it('S84: what a database dump has of passkeys and challenges signs nobody in', async () => {
  const { passkey } = await withPasskey();
  const row = await rowOf(passkey);
  expect(
    Object.keys(row ?? {})
      .filter((column) => row?.[column] !== null)
      .sort(),
  ).toEqual([
    'aaguid',
    'confirmed_at',
    'created_at',
    'credential_id',
    'factor_id',
    'is_backed_up',
    'kind',
    'may_back_up',
    'misses',
    'public_key',
    'sign_count',
    'transports',
    'user_id',
  ]);
  const challenge = await loginChallenge(service);
  const dump = JSON.stringify(await service.sql('select * from used_once'));
  expect(dump).not.toContain(challenge);
});
