/** The mailed code, and the setting that also requires the registrant (S56, S83). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mailedToken, newestMail } from '../support/mailbox.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

let service: Service;
const many = { limit: 10_000 };
const rateLimits = { loginPerAddress: many, loginPerIp: many, registerPerIp: many, tokenGuessPerIp: many };
beforeAll(async () => {
  service = await startService({ settings: { rateLimiting: 'on', rateLimits, verificationLinkHours: 168 } });
});
afterAll(() => service?.stop());
/** Milliseconds by which the service's clock is ahead, so that all counts are within one window of a day. */
let midnight: number;
let day = 0;
beforeEach(() => {
  // A day later each time: a clock that went back would change the order of ids.
  day += 1;
  midnight = day * DAY - ((Date.now() / 1000) % DAY);
  service.setClockOffset(midnight);
});

const password = 'correct horse battery staple';
async function register() {
  const email = newEmail();
  const { body } = await service.post('/v1/auth/register', { email, password });
  return { email, userId: body.user_id as string };
}
const codeFor = async (email: string, of = service) =>
  /^\d{6}$/m.exec((await newestMail(of, email, 'verify_email')).Body?.text_part ?? '')?.[0] ?? '';
const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const type = (user_id: string, code: string) => service.post('/v1/auth/verify-email', { user_id, code });
const isVerified = async (userId: string) =>
  (await service.sql('select from users where user_id = $1 and email_verified_at is not null', [userId])).length === 1;

describe('a mailed code', () => {
  it('S83: verifies the registered address, once of 20 simultaneous tries', async () => {
    const { email, userId } = await register();
    const code = await codeFor(email);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => type(userId, index % 2 ? code : `${code.slice(0, 3)} ${code.slice(3)}`)),
    );
    // The others exceed the limit by then, or find it used.
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await isVerified(userId)).toBe(true);
    const told = await service.outbox('huleedu.identity.email.verified.v1');
    expect(told.filter(({ user_id }) => user_id === userId)).toHaveLength(1);
  });

  it('S28: is in no table, event or log', async () => {
    const { email, userId } = await register();
    const code = await codeFor(email);
    expect((await type(userId, code)).status).toBe(200);
    const alone = new RegExp(`(?<![\\d.a-f-])${code}(?![\\da-f-])`);
    expect(await service.dump()).not.toMatch(alone);
    expect(JSON.stringify(service.events.events())).not.toMatch(alone);
    expect(JSON.stringify(service.logs())).not.toMatch(alone);
  });

  it('S27: ends with a newer mail', async () => {
    const { email, userId } = await register();
    const first = await codeFor(email);
    await service.post('/v1/auth/request-email-verification', { email });
    const token = await mailedToken(service, email, 'verify_email');
    const second = await codeFor(email);
    if (first !== second) expect((await type(userId, first)).body.code).toBe('VERIFICATION_TOKEN_INVALID');
    expect((await service.post('/v1/auth/verify-email', { token })).status).toBe(200);
    expect((await type(userId, second)).body.code).toBe('VERIFICATION_TOKEN_INVALID');
  });

  it('S83: allows five tries in five minutes; then even the right code is refused', async () => {
    const { email, userId } = await register();
    const code = await codeFor(email);
    for (const _ of [1, 2, 3, 4, 5]) {
      expect((await type(userId, other(code))).body.code).toBe('VERIFICATION_TOKEN_INVALID');
    }
    const sixth = await type(userId, code);
    expect([sixth.status, sixth.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await isVerified(userId)).toBe(false);
    service.setClockOffset(midnight + 11 * MINUTE);
    expect((await type(userId, code)).status).toBe(200);
  });

  it('S83: allows twenty tries a day', async () => {
    const { email, userId } = await register();
    const code = await codeFor(email);
    const answers = [];
    for (let index = 0; index < 21; index++) {
      service.setClockOffset(midnight + Math.floor(index / 5) * 11 * MINUTE);
      answers.push((await type(userId, index === 20 ? code : other(code))).status);
    }
    expect(answers).toEqual([...Array<number>(20).fill(400), 429]);
  });

  it('S83: is closed after a hundred tries, until a newer mail', async () => {
    const { email, userId } = await register();
    const code = await codeFor(email);
    await service.sql('update one_time_tokens set guesses = 99 where user_id = $1', [userId]);
    expect((await type(userId, other(code))).body.code).toBe('VERIFICATION_TOKEN_INVALID');
    expect((await type(userId, code)).body.code).toBe('VERIFICATION_TOKEN_INVALID');
    await service.post('/v1/auth/request-email-verification', { email });
    await mailedToken(service, email, 'verify_email');
    const mails = service.ses.messages().filter(({ Destination }) => Destination.ToAddresses?.includes(email));
    const codes = mails.map(({ Body }) => /^\d{6}$/m.exec(Body?.text_part ?? '')?.[0] ?? '');
    const [newer = code] = codes.filter((each) => each !== code);
    expect((await type(userId, newer)).status).toBe(200);
  });

  it('S60: with the id from registering a known address, is refused like a wrong code, by the same calls', async () => {
    const known = await register();
    const fresh = (await service.post('/v1/auth/register', { email: known.email, password })).body.user_id;
    const own = await register();
    const wrong = other(await codeFor(own.email));
    const seen = async (userId: string) => {
      const answers: unknown[] = [];
      const calls = await service.callsDuring(async () => {
        for (let index = 0; index < 6; index++) {
          const { status, body } = await type(userId, wrong);
          answers.push([status, body.code, body.detail]);
        }
      });
      return { answers, calls };
    };
    // The function's keys are a day old here: its first calls fetch them anew.
    await seen(own.userId);
    expect(await seen(fresh)).toEqual(await seen((await register()).userId));
  });

  it.each([{}, { user_id: '0197f3a0-0000-7000-8000-000000000001' }, { code: '123456' }])(
    'S30: without a token, needs both of its parts: %j',
    async (body) => {
      const answer = await service.post('/v1/auth/verify-email', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_ERROR']);
      expect(answer.body.errors).toMatchObject([{ pointer: '/token' }]);
    },
  );
});

describe('if only the registrant may verify', () => {
  let strict: Service;
  beforeAll(async () => {
    strict = await startService({ settings: { verification: 'registrant' } });
  });
  afterAll(() => strict?.stop());

  const newcomer = async () => {
    const person = await registerAndLogin(strict);
    return { ...person, token: await mailedToken(strict, person.email, 'verify_email') };
  };
  const verify = (body: object, headers = {}) => strict.post('/v1/auth/verify-email', body, headers);
  const press = (fields: Record<string, string>) =>
    strict.send('POST', '/verify-email', new URLSearchParams({ lang: 'en', ...fields }).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });

  it('S56: neither link nor code works without the session or the password, and no try uses them up', async () => {
    const [person, stranger] = [await newcomer(), await registerAndLogin(strict)];
    const { token, userId: user_id, password: own } = person;
    const code = await codeFor(person.email, strict);
    for (const means of [{ token }, { user_id, code }]) {
      expect((await verify(means)).body.code).toBe('INVALID_CREDENTIALS');
      expect((await verify({ ...means, password: 'not the password of the account' })).status).toBe(401);
      expect((await verify(means, stranger.bearer)).body.code).toBe('TOKEN_INVALID');
    }
    expect((await strict.get('/v1/auth/me', person.bearer)).body.email_verified).toBe(false);
    expect((await verify({ user_id, code, password: own })).status).toBe(200);
    const second = await newcomer();
    expect((await verify({ token: second.token }, second.bearer)).status).toBe(200);
    expect((await strict.get('/v1/auth/me', second.bearer)).body.email_verified).toBe(true);
  });

  it('S10: the password can be guessed there no more often than at login', async () => {
    const { token, password: own } = await newcomer();
    for (const _ of [1, 2, 3, 4, 5]) await verify({ token, password: 'not the password of the account' });
    const locked = await verify({ token, password: own });
    expect([locked.status, locked.body.code]).toEqual([429, 'ACCOUNT_LOCKED']);
  });

  it('S57: the page asks for the password; the mailbox’s owner can delete the account without it', async () => {
    const [person, squatter] = [await newcomer(), await newcomer()];
    expect((await strict.get(`/verify-email?token=${person.token}`)).body).toContain('name="password"');
    const refused = await press({ token: person.token, answer: 'mine' });
    expect([refused.status, refused.body]).toEqual([401, expect.stringContaining('aria-invalid="true"')]);
    expect(refused.body).toContain('Somebody registered this address');
    expect((await press({ token: person.token, answer: 'mine', password: person.password })).status).toBe(200);

    expect((await press({ token: squatter.token, answer: 'mine' })).status).toBe(401);
    expect((await press({ token: squatter.token, answer: 'not_mine' })).status).toBe(200);
    expect((await strict.get('/v1/auth/me', squatter.bearer)).status).toBe(401);
  });
});
