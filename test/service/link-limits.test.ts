import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverMail, mailedToken, mailTo } from '../support/mailbox.ts';
import { newEmail } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ settings: { rateLimiting: 'on', requireVerifiedEmail: true } });
});
afterAll(() => service?.stop());

const password = 'correct horse battery staple';

/** Milliseconds by which the service's clock is ahead, so that all counts are within one window. */
const beginMinute = () => service.setClockOffset(60 - ((Date.now() / 1000) % 60));

describe('guessing links', () => {
  it('S9: is refused after ten a minute from an address, and does not block a genuine link', async () => {
    beginMinute();
    const email = newEmail();
    await service.post('/v1/auth/register', { email, password });
    const genuine = await mailedToken(service, email, 'verify_email');
    const paths = ['/v1/auth/verify-email', '/v1/auth/reset-password'];
    const guess = (index: number) =>
      service.post(paths[index % 2] as string, { token: `guess-${index}`, new_password: password });

    const answers = [];
    for (let index = 0; index < 12; index++) answers.push(await guess(index));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(400), 429, 429]);
    const refused = answers.at(-1);
    expect(refused?.body.code).toBe('RATE_LIMITED');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await service.post('/v1/auth/verify-email', { token: genuine })).status).toBe(200);
  });
});

describe('registering an address repeatedly', () => {
  it('S9: mails it three times an hour, though the account is deleted each time', async () => {
    const email = newEmail();
    const register = () => service.post('/v1/auth/register', { email, password });
    for (const _ of [1, 2, 3]) {
      expect((await register()).status).toBe(201);
      const token = await mailedToken(service, email, 'verify_email');
      const form = new URLSearchParams({ token, answer: 'not_mine' }).toString();
      await service.send('POST', '/verify-email', form, { 'content-type': 'application/x-www-form-urlencoded' });
    }
    const mailed = mailTo(service, email).length;
    expect((await register()).status).toBe(201);
    await deliverMail(service);
    expect(mailTo(service, email)).toHaveLength(mailed);
    // The account exists, and a link for it is mailed when anybody asks.
    await service.post('/v1/auth/request-email-verification', { email });
    const token = await mailedToken(service, email, 'verify_email');
    expect((await service.post('/v1/auth/verify-email', { token })).status).toBe(200);
  });
});

describe('if addresses must be verified', () => {
  it('S60: login is refused like a wrong password, announced on the bus, and locks nobody out', async () => {
    const email = newEmail();
    await service.post('/v1/auth/register', { email, password });
    const login = (given: string) => service.post('/v1/auth/login', { email, password: given });
    expect((await login('a wrong horse battery staple')).body.code).toBe('INVALID_CREDENTIALS');
    const refused = await login(password);
    expect([refused.status, refused.body.code]).toEqual([401, 'INVALID_CREDENTIALS']);
    const failures = (await service.outbox('huleedu.identity.login.failed.v1')).filter((data) => data.email === email);
    expect(failures.map(({ reason }) => reason)).toEqual(['invalid_password', 'email_unverified']);

    await service.post('/v1/auth/verify-email', { token: await mailedToken(service, email, 'verify_email') });
    expect((await login(password)).status).toBe(200);
  });
});
