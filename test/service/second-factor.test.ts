/** A login in two steps at the JSON door: the password, then a code. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PendingSignIn } from '../../functions/domain/pending-sign-in.ts';
import { sealed } from '../../functions/domain/sealed.ts';
import { beginLogin, giveApp, giveRecoveryCodes, showFactor, stageKey } from '../support/factors.ts';
import { raise } from '../support/levels.ts';
import { mailTo, newestMail } from '../support/mailbox.ts';
import { makeAdmin } from '../support/organizations.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const withApp = async () => {
  const person = await registerAndLogin(service);
  return { person, app: await giveApp(service, person.userId) };
};
const succeeded = async ({ userId }: Person) =>
  (await service.outbox('huleedu.identity.login.succeeded.v1')).filter(({ user_id }) => user_id === userId).length;
const sessionsOf = async ({ userId }: Person) => {
  const [row] = await service.sql('select count(*)::integer as n from sessions where user_id = $1', [userId]);
  return row?.n as number;
};
const wrong = { status: 401, body: { code: 'INVALID_CREDENTIALS' } };
const over = { status: 401, body: { code: 'SIGN_IN_EXPIRED' } };

describe('a login of somebody with an authenticator app', () => {
  it('waits for the code, and gives a session of level 2 then', async () => {
    const { person, app } = await withApp();
    const before = await succeeded(person);
    const { status, body } = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    expect({ status, body }).toMatchObject({
      status: 403,
      body: { code: 'SECOND_FACTOR_REQUIRED', methods: ['totp'] },
    });
    expect(await succeeded(person)).toBe(before);

    const opened = await showFactor(service, body.mfa_token, 'totp', app.code());
    expect(opened.status).toBe(200);
    expect(decodeJwt(opened.body.access_token)).toMatchObject({
      sub: person.userId,
      acr: 'urn:identity:acr:2',
      amr: ['pwd', 'otp', 'mfa'],
    });
    expect(opened.body.device_token).toEqual(expect.any(String));
    expect(await succeeded(person)).toBe(before + 1);
    const [entry] = await service.sql(
      "select detail from audit_log where user_id = $1 and action = 'login.succeeded' order by entry_id desc limit 1",
      [person.userId],
    );
    expect(entry?.detail).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] });
  });

  it('takes a recovery code instead, however it is typed, and each once', async () => {
    const { person } = await withApp();
    const [code = ''] = await giveRecoveryCodes(service, person.userId);
    const typed = code.toLowerCase().replaceAll('-', ' ');
    const opened = await showFactor(service, await beginLogin(service, person), 'recovery', typed);
    expect(decodeJwt(opened.body.access_token)).toMatchObject({ amr: ['pwd', 'rec', 'mfa'] });
    expect(await showFactor(service, await beginLogin(service, person), 'recovery', code)).toMatchObject(wrong);
    const [row] = await service.sql(
      "select cardinality(code_hashes) as n from factors where user_id = $1 and kind = 'recovery'",
      [person.userId],
    );
    expect(row?.n).toBe(9);
  });

  it('goes on after a wrong code, which is announced as a wrong password is', async () => {
    const { person, app } = await withApp();
    const mfaToken = await beginLogin(service, person);
    const refused = await showFactor(service, mfaToken, 'totp', app.wrongCode());
    expect(refused).toMatchObject(wrong);
    // Nobody gave an address or a password here, which the title speaks of.
    expect(refused.body.detail).toBe('The code is wrong, or was used before.');
    const failed = await service.outbox('huleedu.identity.login.failed.v1');
    expect(failed.filter(({ email }) => email === person.email)).toMatchObject([{ reason: 'invalid_password' }]);
    const [entry] = await service.sql("select detail from audit_log where user_id = $1 and action = 'login.failed'", [
      person.userId,
    ]);
    expect(entry?.detail).toMatchObject({ reason: 'invalid_password', counted_by: 'factor', factor: 'totp' });
    expect((await showFactor(service, mfaToken, 'totp', app.code())).status).toBe(200);
    const [factor] = await service.sql('select misses from factors where user_id = $1', [person.userId]);
    expect(factor?.misses).toBe(0);
  });

  it('takes only what was asked for', async () => {
    const { person } = await withApp();
    const mfaToken = await beginLogin(service, person);
    const [code = ''] = await giveRecoveryCodes(service, person.userId);
    expect(await showFactor(service, mfaToken, 'recovery', code)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/method' }] },
    });
  });
});

describe('S83: what a login waits with', () => {
  it('opens one session, of twenty uses with one code at once', async () => {
    const { person, app } = await withApp();
    const mfaToken = await beginLogin(service, person);
    const [before, code] = [await sessionsOf(person), app.code()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => showFactor(service, mfaToken, 'totp', code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(401)]);
    expect(await sessionsOf(person)).toBe(before + 1);
  });

  it('opens one session, of uses with ten different codes at once', async () => {
    const { person } = await withApp();
    const codes = await giveRecoveryCodes(service, person.userId);
    const mfaToken = await beginLogin(service, person);
    const before = await sessionsOf(person);
    const answers = await Promise.all(codes.map((code) => showFactor(service, mfaToken, 'recovery', code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await sessionsOf(person)).toBe(before + 1);
  });

  it('takes a code of one step once, whichever login it is for', async () => {
    const { person, app } = await withApp();
    const [first, second] = [await beginLogin(service, person), await beginLogin(service, person)];
    const code = app.code();
    const answers = await Promise.all([first, second].map((token) => showFactor(service, token, 'totp', code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('is over after ten minutes', async () => {
    const { person, app } = await withApp();
    const mfaToken = await beginLogin(service, person);
    service.setClockOffset(601);
    expect(await showFactor(service, mfaToken, 'totp', app.code())).toMatchObject(over);
    service.setClockOffset(0);
  });

  it('is over with another password, an administrator’s lock, and the account', async () => {
    const admin = await makeAdmin(service, await registerAndLogin(service));
    const ends = [
      ({ bearer, password }: Person) =>
        service.post(
          '/v1/auth/change-password',
          { current_password: password, new_password: 'another horse battery staple' },
          bearer,
        ),
      ({ userId }: Person) =>
        service.post(`/v1/admin/users/${userId}/lock`, { locked_until: '2100-01-01T00:00:00Z' }, admin.bearer),
      ({ bearer, password }: Person) => service.delete('/v1/auth/me', { password }, bearer),
    ];
    for (const end of ends) {
      const { person, app } = await withApp();
      const mfaToken = await beginLogin(service, person);
      await raise(service, person);
      expect((await end(person)).status).toBeLessThan(300);
      expect(await showFactor(service, mfaToken, 'totp', app.code())).toMatchObject(over);
    }
  });

  it('is of this door, this account and this service', async () => {
    const { person, app } = await withApp();
    const mfaToken = await beginLogin(service, person);
    const key = await stageKey(service, 'browser');
    const seals = sealed<PendingSignIn>({ keys: async () => [key], refetched: async () => null }, 'second factor');
    const pending = await seals.open(mfaToken);
    expect(pending).toMatchObject({ userId: person.userId, door: 'api', methods: ['totp'] });
    const changed = `${mfaToken[0] === 'A' ? 'B' : 'A'}${mfaToken.slice(1)}`;
    const atBrowser = await seals.seal({ ...(pending as PendingSignIn), door: 'browser' });
    for (const text of [atBrowser, changed, 'x', person.refreshToken]) {
      expect(await showFactor(service, text, 'totp', app.code())).toMatchObject(over);
    }
    const other = await withApp();
    expect(await showFactor(service, mfaToken, 'totp', other.app.code())).toMatchObject(wrong);
  });
});

describe('S85: a code in a session that there is', () => {
  const again = (bearer: Person['bearer'], body: object) => service.post('/v1/auth/reauthenticate', body, bearer);
  const levelOf = async (sessionId: string) => {
    const [row] = await service.sql('select amr, level_until > now() as raised from sessions where session_id = $1', [
      sessionId,
    ]);
    return row;
  };

  it('raises it, and no other of the person', async () => {
    const person = await registerAndLogin(service);
    const other = await person.loginAgain();
    const app = await giveApp(service, person.userId);
    expect((await service.get('/v1/auth/me/export', person.bearer)).status).toBe(403);
    const { status, body } = await again(person.bearer, { code: app.code() });
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token)).toMatchObject({ acr: 'urn:identity:acr:2', amr: ['pwd', 'otp', 'mfa'] });
    expect((await service.get('/v1/auth/me/export', person.bearer)).status).toBe(200);
    const refreshed = await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken });
    expect(decodeJwt(refreshed.body.access_token)).toMatchObject({ acr: 'urn:identity:acr:2' });
    expect(await levelOf(other.sessionId)).toMatchObject({ raised: null });
    expect((await service.get('/v1/auth/me/export', other.bearer)).status).toBe(403);
  });

  it('may be a recovery code, whose use is mailed', async () => {
    const person = await registerAndLogin(service);
    await giveApp(service, person.userId);
    const [code, second] = await giveRecoveryCodes(service, person.userId);
    expect((await again(person.bearer, { code })).status).toBe(200);
    const mails = () =>
      mailTo(service, person.email).filter(({ Tags }) => Tags?.some(({ Value }) => Value === 'recovery_code_used'));
    const mail = await newestMail(service, person.email, 'recovery_code_used');
    expect(mail.Body?.text_part).toContain('You have 9 left');
    expect(await again(person.bearer, { code })).toMatchObject(wrong);
    expect(mails()).toHaveLength(1);
    await showFactor(service, await beginLogin(service, person), 'recovery', second ?? '');
    await newestMail(service, person.email, 'recovery_code_used');
    expect(mails()).toHaveLength(2);
  });

  it('works once, of twenty at the same time', async () => {
    const person = await registerAndLogin(service);
    const app = await giveApp(service, person.userId);
    const code = app.code();
    const answers = await Promise.all(Array.from({ length: 20 }, () => again(person.bearer, { code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is of the same account, and with nothing else', async () => {
    const [person, other] = [await registerAndLogin(service), await withApp()];
    await giveApp(service, person.userId);
    const refused = await again(person.bearer, { code: other.app.code() });
    expect(refused).toMatchObject(wrong);
    expect(refused.body.detail).toBe('The code is wrong, or was used before.');
    expect((await again(person.bearer, { password: 'another password' })).body.detail).toBe('The password is wrong.');
    expect(await levelOf(person.sessionId)).toMatchObject({ raised: null });
    for (const body of [{}, { code: other.app.code(), password: person.password }]) {
      expect(await again(person.bearer, body)).toMatchObject({ status: 400 });
    }
  });
});

describe('S84: a row', () => {
  it('that is copied to another account opens nothing', async () => {
    const [victim, thief] = [await withApp(), await withApp()];
    await service.sql('update factors f set secret = t.secret from factors t where f.user_id = $1 and t.user_id = $2', [
      victim.person.userId,
      thief.person.userId,
    ]);
    const answer = await showFactor(service, await beginLogin(service, victim.person), 'totp', thief.app.code());
    expect(answer.status).not.toBe(200);
  });
});
