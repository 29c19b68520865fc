/** What signing in by a mailed code does to an account: a first proof, a second factor, the setting. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailedCode, mailedToken } from '../support/mailbox.ts';
import { askByMail, claimsOf, giveCode, provedPerson, signInByMail } from '../support/mailed-logins.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService({ emailLogin: 'on' });
});
afterAll(() => service.stop());

const addFactor = (userId: string) =>
  service.sql(
    `insert into factors (factor_id, user_id, kind, secret, confirmed_at, created_at)
    values (uuidv7(), $1, 'totp', '\\x00', now(), now())`,
    [userId],
  );
const factorsOf = (userId: string) => service.sql('select from factors where user_id = $1', [userId]);

describe('an account whose address nobody has proved', () => {
  it('S57: is claimed: password, sessions, factors and invitations of whoever registered it end', async () => {
    const squatter = await registerAndLogin(service);
    await addFactor(squatter.userId);
    const answer = await signInByMail(service, squatter.email);
    expect(answer.status).toBe(200);
    expect(claimsOf(answer)).toMatchObject({ sub: squatter.userId, email_verified: true });
    expect((await service.post('/v1/auth/refresh', { refresh_token: squatter.refreshToken })).status).toBe(401);
    expect((await service.post('/v1/auth/login', { email: squatter.email, password: squatter.password })).status).toBe(
      401,
    );
    expect(await factorsOf(squatter.userId)).toEqual([]);
    const topics = ['account.claimed', 'email.verified', 'factor.removed'];
    for (const topic of topics) {
      const events = await service.outbox(`huleedu.identity.${topic}.v1`);
      expect(
        events.filter(({ user_id }) => user_id === squatter.userId),
        topic,
      ).toHaveLength(1);
    }
  });

  it('S83: is claimed once by 20 uses of one code', async () => {
    const { email } = await registerAndLogin(service);
    const loginId = await askByMail(service, email);
    const code = await mailedCode(service, email);
    const answers = await Promise.all(Array.from({ length: 20 }, () => giveCode(service, loginId, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('a reset of the password', () => {
  const newPassword = 'another correct horse battery';
  const reset = async (email: string) => {
    await service.post('/v1/auth/request-password-reset', { email });
    const token = await mailedToken(service, email, 'reset_password');
    return service.post('/v1/auth/reset-password', { token, new_password: newPassword });
  };

  it('S57: that claims an account ends the factors that somebody else planted', async () => {
    const { email, userId } = await registerAndLogin(service);
    await addFactor(userId);
    expect((await reset(email)).status).toBe(200);
    expect(await factorsOf(userId)).toEqual([]);
    expect((await service.post('/v1/auth/login', { email, password: newPassword })).status).toBe(200);
  });

  it('removes no second factor of whoever had proved the address, and stands for none', async () => {
    const { email, userId } = await provedPerson(service);
    await addFactor(userId);
    expect((await reset(email)).status).toBe(200);
    expect(await factorsOf(userId)).toHaveLength(1);
    const answer = await service.post('/v1/auth/login', { email, password: newPassword });
    expect(answer).toMatchObject({ status: 403, body: { code: 'SECOND_FACTOR_REQUIRED' } });
  });
});

describe('a second factor', () => {
  it('is asked for after a mailed code as after a password, and the code has done its part', async () => {
    const { email, userId } = await provedPerson(service);
    await addFactor(userId);
    const loginId = await askByMail(service, email);
    const code = await mailedCode(service, email);
    const answer = await giveCode(service, loginId, code);
    expect(answer).toMatchObject({ status: 403, body: { code: 'SECOND_FACTOR_REQUIRED', methods: ['totp'] } });
    expect((await giveCode(service, loginId, code)).status).toBe(401);
    expect(await factorsOf(userId)).toHaveLength(1);
  });
});

describe('the setting emailLogin', () => {
  it('off: there are no such routes', async () => {
    const off = await sharedService();
    expect((await off.post('/v1/auth/email-code', { email: newEmail() })).status).toBe(404);
    expect((await giveCode(off, 'any', '000000')).status).toBe(404);
  });

  it('only: nobody signs in with a password', async () => {
    const only = await sharedService({ emailLogin: 'only' });
    const person = { email: newEmail(), password: 'correct horse battery staple' };
    await only.post('/v1/auth/register', person);
    expect(await only.post('/v1/auth/login', person)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect((await signInByMail(only, person.email)).status).toBe(200);
  });
});
