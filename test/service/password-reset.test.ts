import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverMail, linkIn, mailedToken, mailTo, newestMail } from '../support/mailbox.ts';
import { proveAddress } from '../support/organizations.ts';
import { login, newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service?.stop());

const newPassword = 'a much newer horse battery staple';

const request = (email: string) => service.post('/v1/auth/request-password-reset', { email });
const reset = (token: string, new_password = newPassword) =>
  service.post('/v1/auth/reset-password', { token, new_password });
const tokenFor = async (email: string) => {
  await request(email);
  return mailedToken(service, email, 'reset_password');
};
const tryLogin = (email: string, password: string) => service.post('/v1/auth/login', { email, password });

describe('a forgotten password', () => {
  it('S6, S22: is replaced through the mail; old sessions and the old password end at once', async () => {
    const person = await registerAndLogin(service);
    const second = await person.loginAgain();
    const answer = await reset(await tokenFor(person.email));
    expect([answer.status, answer.body]).toEqual([
      200,
      { message: expect.any(String), device_token: expect.any(String) },
    ]);

    for (const { refreshToken, bearer } of [person, second]) {
      expect((await service.post('/v1/auth/refresh', { refresh_token: refreshToken })).status).toBe(401);
      expect((await service.get('/v1/auth/me', bearer)).status).toBe(401);
    }
    expect((await tryLogin(person.email, person.password)).body.code).toBe('INVALID_CREDENTIALS');
    await login(service, { email: person.email, password: newPassword });

    const ofPerson = async (topic: string) =>
      (await service.outbox(topic)).filter(({ user_id }) => user_id === person.userId);
    expect(await ofPerson('huleedu.identity.password.reset.completed.v1')).toHaveLength(1);
    const revoked = await ofPerson('huleedu.identity.session.revoked.v1');
    expect(revoked.map(({ session_id, reason }) => [session_id, reason]).sort()).toEqual(
      [person, second].map(({ sessionId }) => [sessionId, 'password_reset']).sort(),
    );
    expect((await service.audit(person.userId)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['password.reset_requested', 'password.reset', 'session.revoked']),
    );
  });

  it('is announced to the owner of the mailbox', async () => {
    const { email } = await registerAndLogin(service, { locale: 'sv' });
    await reset(await tokenFor(email));
    expect((await newestMail(service, email, 'password_reset')).Subject).toMatch(/återställts$/);
  });

  it('verifies the address, since the link was mailed to it', async () => {
    const { email, userId } = await registerAndLogin(service);
    await reset(await tokenFor(email));
    const { bearer } = await login(service, { email, password: newPassword });
    expect((await service.get('/v1/auth/me', bearer)).body.email_verified).toBe(true);
    const verified = await service.outbox('huleedu.identity.email.verified.v1');
    expect(verified.filter(({ user_id }) => user_id === userId)).toHaveLength(1);
  });

  it('S10: unlocks an address', async () => {
    const person = await registerAndLogin(service);
    for (const _ of [1, 2, 3, 4, 5]) await tryLogin(person.email, 'a wrong horse battery staple');
    expect((await tryLogin(person.email, person.password)).status).toBe(401);
    await reset(await tokenFor(person.email));
    expect((await tryLogin(person.email, newPassword)).status).toBe(200);
  });

  it('takes two calls to the database', async () => {
    const { email } = await registerAndLogin(service);
    const token = await tokenFor(email);
    await reset('warm');
    expect(await service.callsDuring(() => reset(token))).toEqual({ 'rds-data.ExecuteStatement': 2 });
  });
});

describe('a reset link', () => {
  it('S26: works once of 20 concurrent tries', async () => {
    const { email, userId } = await registerAndLogin(service);
    const token = await tokenFor(email);
    const passwords = Array.from({ length: 20 }, (_, index) => `${newPassword} ${index}`);
    const answers = await Promise.all(passwords.map((password) => reset(token, password)));
    const winners = passwords.filter((_, index) => answers[index]?.status === 200);
    expect(winners).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set([undefined, 'RESET_TOKEN_INVALID']));
    expect((await tryLogin(email, winners[0] as string)).status).toBe(200);
    const told = await service.outbox('huleedu.identity.password.reset.completed.v1');
    expect(told.filter(({ user_id }) => user_id === userId)).toHaveLength(1);
  });

  it('S26: succeeds for the caller even if the database’s answer is lost', async () => {
    const { email } = await registerAndLogin(service);
    const token = await tokenFor(email);
    const lost = { service: 'rds-data', operation: 'ExecuteStatement', drop: true, after: true, times: 2 } as const;
    service.endpoint.faults.order(lost);
    expect((await reset(token)).status).toBe(200);
  });

  it('S27: ends with a newer one', async () => {
    const { email } = await registerAndLogin(service);
    const first = await tokenFor(email);
    const second = await tokenFor(email);
    expect((await reset(first)).body.code).toBe('RESET_TOKEN_INVALID');
    expect((await reset(second)).status).toBe(200);
  });

  it('S27: ends at its time', async () => {
    const { email } = await registerAndLogin(service);
    const token = await tokenFor(email);
    service.setClockOffset(60 * 60 + 1);
    try {
      expect((await reset(token)).body.code).toBe('RESET_TOKEN_EXPIRED');
    } finally {
      service.setClockOffset(0);
    }
  });

  it('S27: ends with a change of password', async () => {
    const person = await registerAndLogin(service);
    await proveAddress(service, person);
    const token = await tokenFor(person.email);
    const change = { current_password: person.password, new_password: 'another correct horse battery' };
    expect((await service.post('/v1/auth/change-password', change, person.bearer)).status).toBe(204);
    expect((await reset(token)).body.code).toBe('RESET_TOKEN_INVALID');
  });

  it('S1: is not used up by a refused password', async () => {
    const { email } = await registerAndLogin(service);
    const token = await tokenFor(email);
    const refused = await reset(token, 'short');
    expect([refused.status, refused.body.code]).toEqual([422, 'PASSWORD_REJECTED']);
    expect((await reset(token, email)).body.code).toBe('PASSWORD_REJECTED');
    expect((await reset(token)).status).toBe(200);
  });

  it('S14: does not work as a verification link, nor the reverse', async () => {
    const { email } = await registerAndLogin(service);
    const verification = await mailedToken(service, email, 'verify_email');
    expect((await reset(verification)).body.code).toBe('RESET_TOKEN_INVALID');
  });

  it('S29: leads to the configured base URL, whatever Host the request names', async () => {
    const { email } = await registerAndLogin(service);
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    await service.post('/v1/auth/request-password-reset', { email }, headers);
    const link = linkIn(await newestMail(service, email, 'reset_password'));
    expect(link.origin).toBe(service.url);
    expect(link.pathname).toBe('/reset-password');
  });
});

describe('asking for a reset link', () => {
  it('S7: gets the same answer for an address without an account, which gets no mail', async () => {
    const { email } = await registerAndLogin(service);
    const stranger = newEmail();
    const [known, unknown] = [await request(email), await request(stranger)];
    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect({ ...unknown.body, correlation_id: '' }).toEqual({ ...known.body, correlation_id: '' });
    await deliverMail(service);
    expect(mailTo(service, stranger)).toEqual([]);
    const mails = mailTo(service, email).map(({ Tags }) => Tags?.[0]?.Value);
    expect(mails).toContain('reset_password');
  });

  it('S54: leaves an audit entry in both cases', async () => {
    const correlationId = '0197f3a0-0000-7000-8000-00000000abcd';
    await service.post('/v1/auth/request-password-reset', { email: newEmail() }, { 'x-correlation-id': correlationId });
    const entries = await service.sql('select action, user_id from audit_log where correlation_id = $1', [
      correlationId,
    ]);
    expect(entries).toEqual([{ action: 'password.reset_requested', user_id: null }]);
  });
});
