import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverMail, linkIn, mailedToken, mailTo, newestMail } from '../support/mailbox.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ settings: { rateLimiting: 'on', rateLimits: generousButForMail } });
});
afterAll(() => service?.stop());

const many = { limit: 10_000 };
const generousButForMail = {
  loginPerAddress: many,
  loginPerIp: many,
  registerPerIp: many,
  tokenGuessPerIp: many,
};
const password = 'correct horse battery staple';

const register = async (more: object = {}) => {
  const email = newEmail();
  const { body } = await service.post('/v1/auth/register', { email, password, ...more });
  return { email, userId: body.user_id as string };
};
const request = (email: string) => service.post('/v1/auth/request-email-verification', { email });
const verify = (token: string) => service.post('/v1/auth/verify-email', { token });

describe('verifying an address', () => {
  it('leads from registration through the mail to a verified address, announced once', async () => {
    const person = await registerAndLogin(service);
    expect((await service.get('/v1/auth/me', person.bearer)).body.email_verified).toBe(false);

    const answer = await verify(await mailedToken(service, person.email, 'verify_email'));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ message: expect.any(String) });
    expect((await service.get('/v1/auth/me', person.bearer)).body.email_verified).toBe(true);

    const told = (await service.outbox('huleedu.identity.email.verified.v1')).filter(
      ({ user_id }) => user_id === person.userId,
    );
    expect(told).toHaveLength(1);
    expect((await service.audit(person.userId)).map(({ action }) => action)).toContain('email.verified');
  });

  it('takes one mail, in the language of the account', async () => {
    const { email } = await register({ locale: 'sv-SE' });
    const mail = await newestMail(service, email, 'verify_email');
    expect(mail.Subject).toMatch(/^Välkommen/);
    expect(linkIn(mail).searchParams.get('lang')).toBe('sv');
    expect(mailTo(service, email)).toHaveLength(1);
  });

  it('takes one call to the database', async () => {
    const { email } = await register();
    const token = await mailedToken(service, email, 'verify_email');
    // Each function fetches the keys once.
    await Promise.all([verify('warm'), request(newEmail())]);
    expect(await service.callsDuring(() => verify(token))).toEqual({ 'rds-data.ExecuteStatement': 1 });
    expect(await service.callsDuring(() => request(newEmail()))).toEqual({ 'rds-data.ExecuteStatement': 1 });
  });

  it('S26: succeeds once of 20 concurrent tries', async () => {
    const { email, userId } = await register();
    const token = await mailedToken(service, email, 'verify_email');
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['VERIFICATION_TOKEN_INVALID']));
    const told = await service.outbox('huleedu.identity.email.verified.v1');
    expect(told.filter(({ user_id }) => user_id === userId)).toHaveLength(1);
  });

  it('S26: succeeds for the caller even if the database’s answer is lost', async () => {
    const { email } = await register();
    const token = await mailedToken(service, email, 'verify_email');
    service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', drop: true, after: true });
    expect((await verify(token)).status).toBe(200);
  });

  it('S27: a second request voids the first link', async () => {
    const { email } = await register();
    const first = await mailedToken(service, email, 'verify_email');
    expect((await request(email)).status).toBe(202);
    await deliverMail(service);
    const second = await mailedToken(service, email, 'verify_email');
    expect(second).not.toBe(first);
    expect((await verify(first)).body.code).toBe('VERIFICATION_TOKEN_INVALID');
    expect((await verify(second)).status).toBe(200);
  });

  it('S27: of links requested at the same moment, one stays valid', async () => {
    const { email, userId } = await register();
    await Promise.all([request(email), request(email), request(email)]);
    const open = await service.sql(
      'select token_id from one_time_tokens where user_id = $1 and used_at is null and voided_at is null',
      [userId],
    );
    expect(open).toHaveLength(1);
  });

  it('S27: a link ends at its time, and the answer says so', async () => {
    const { email } = await register();
    const token = await mailedToken(service, email, 'verify_email');
    service.setClockOffset(24 * 60 * 60 + 1);
    try {
      expect((await verify(token)).body.code).toBe('VERIFICATION_TOKEN_EXPIRED');
    } finally {
      service.setClockOffset(0);
    }
    expect((await verify(token)).status).toBe(200);
  });

  it('S46: is requested after the registration is announced', async () => {
    const { userId } = await register();
    const told = await service.sql('select topic from event_outbox where aggregate_id = $1 order by sequence', [
      userId,
    ]);
    expect(told.map(({ topic }) => topic)).toEqual([
      'huleedu.identity.user.registered.v1',
      'huleedu.identity.email.verification.requested.v1',
    ]);
  });

  it('S56, S67: a link outlives a change of password, as it proves the mailbox', async () => {
    const person = await registerAndLogin(service);
    const token = await mailedToken(service, person.email, 'verify_email');
    const change = { current_password: person.password, new_password: 'another correct horse battery' };
    expect((await service.post('/v1/auth/change-password', change, person.bearer)).status).toBe(204);
    expect((await verify(token)).status).toBe(200);
  });

  it('S27: a link ends with a change of address', async () => {
    const { email, userId } = await register();
    const token = await mailedToken(service, email, 'verify_email');
    const other = newEmail();
    await service.sql('update users set email = $2, email_key = $2, updated_at = now() where user_id = $1', [
      userId,
      other,
    ]);
    expect((await verify(token)).body.code).toBe('VERIFICATION_TOKEN_INVALID');
  });

  it('S14: a reset link does not verify an address', async () => {
    const { email } = await register();
    await service.post('/v1/auth/request-password-reset', { email });
    const token = await mailedToken(service, email, 'reset_password');
    expect((await verify(token)).body.code).toBe('VERIFICATION_TOKEN_INVALID');
  });
});

describe('asking for a verification link', () => {
  it('S7: gets the same answer for an address without an account, which gets no mail', async () => {
    const known = await register();
    const stranger = newEmail();
    const [one, other] = [await request(known.email), await request(stranger)];
    expect(other.status).toBe(202);
    expect({ ...other.body, correlation_id: '' }).toEqual({ ...one.body, correlation_id: '' });
    expect([...other.headers.keys()]).toEqual([...one.headers.keys()]);
    await deliverMail(service);
    expect(mailTo(service, stranger)).toEqual([]);
    expect(mailTo(service, known.email)).not.toEqual([]);
  });

  it('S7: sends nothing to a verified address, and does not reveal that', async () => {
    const { email } = await register();
    await verify(await mailedToken(service, email, 'verify_email'));
    const before = mailTo(service, email).length;
    expect((await request(email)).status).toBe(202);
    await deliverMail(service);
    expect(mailTo(service, email)).toHaveLength(before);
  });

  it('S9: is refused after three an hour for an address, known or not', async () => {
    for (const email of [newEmail(), (await register()).email]) {
      for (const _ of [1, 2, 3]) expect((await request(email)).status).toBe(202);
      const fourth = await request(email.toUpperCase());
      expect(fourth.status).toBe(429);
      expect(fourth.body.code).toBe('RATE_LIMITED');
      expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('S16: ignores an Authorization header of another scheme', async () => {
    const ask = (authorization: string, body: object) =>
      service.post('/v1/auth/request-email-verification', body, { authorization });
    expect((await ask('Basic YTpi', { email: newEmail() })).status).toBe(202);
    expect((await ask('Basic YTpi', {})).status).toBe(400);
    expect((await ask('Bearer YTpi', { email: newEmail() })).body.code).toBe('TOKEN_INVALID');
  });

  it('needs no address from a bearer, and reveals only to them that theirs is verified', async () => {
    const person = await registerAndLogin(service);
    const ask = () => service.post('/v1/auth/request-email-verification', {}, person.bearer);
    expect((await ask()).status).toBe(202);
    await verify(await mailedToken(service, person.email, 'verify_email'));
    const again = await ask();
    expect([again.status, again.body.code]).toEqual([409, 'EMAIL_ALREADY_VERIFIED']);
    expect((await service.post('/v1/auth/request-email-verification', {})).body.code).toBe('VALIDATION_ERROR');
  });
});

describe('registering an address that has an account', () => {
  it('S9: notifies its owner, within three mails an hour with the registration’s, and answers the same', async () => {
    const { email } = await register();
    await verify(await mailedToken(service, email, 'verify_email'));
    for (const _ of [1, 2, 3, 4, 5]) {
      const answer = await service.post('/v1/auth/register', { email, password });
      expect(answer.status).toBe(201);
    }
    await deliverMail(service);
    const notices = mailTo(service, email).filter(({ Tags }) => Tags?.[0]?.Value === 'already_registered');
    expect(notices).toHaveLength(2);
  });
});
