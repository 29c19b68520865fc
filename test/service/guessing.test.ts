import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientsIn, postFrom } from '../support/from-address.ts';
import { mailedToken } from '../support/mailbox.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const HOUR = 3600;
const MINUTE = 60;
const password = 'correct horse battery staple';
const wrong = 'incorrect horse battery staple';

let service: Service;
/** Seconds by which the clock is ahead. */
let ahead = 0;

beforeAll(async () => {
  // Native, as the counting is tested here, and it needs many hashes.
  service = await sharedService({ rateLimiting: 'on' });
});
afterAll(() => service.stop());
// Each test begins just after a full hour of its own, so that no window ends within it.
beforeEach(() => {
  const now = Date.now() / 1000 + ahead;
  pass(Math.ceil(now / HOUR) * HOUR + 2 * HOUR - now + 1);
});

function pass(seconds: number): void {
  ahead += seconds;
  service.setClockOffset(ahead);
}

/** A client address that no test has used. */
const newClient = clientsIn('127.1');
const login = (email: string, given: string, from = newClient(), headers = {}) =>
  postFrom(from, `${service.url}/v1/auth/login`, { email, password: given }, headers);
const register = (email: string, from = newClient()) =>
  postFrom(from, `${service.url}/v1/auth/register`, { email, password });
const newAccount = async () => {
  const email = newEmail();
  return { email, userId: (await register(email)).body.user_id as string };
};
const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status);
const count = (answers: readonly { status: number }[], status: number) =>
  statuses(answers).filter((one) => one === status).length;
const times = <T>(n: number, work: (index: number) => T): T[] => Array.from({ length: n }, (_, index) => work(index));
const locks = async (userId: string) =>
  (await service.outbox('huleedu.identity.account.locked.v1')).filter(({ user_id }) => user_id === userId);

/** One after the other: a failure counts only after the previous one was written. */
async function fail(email: string, tries: number) {
  const answers = [];
  for (let n = 0; n < tries; n++) answers.push(await login(email, wrong));
  return answers;
}

describe('S9: limits', () => {
  it('allow five tries of an address a minute, whoever tries, with or without an account', async () => {
    for (const email of [(await newAccount()).email, newEmail()]) {
      const answers = [];
      for (let n = 0; n < 6; n++) answers.push(await login(email, password));
      const [first, ...rest] = statuses(answers);
      expect(new Set([first, ...rest.slice(0, 4)]).size).toBe(1);
      expect(answers[5]).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    }
  });

  it('name the time to come again and the limit, and then let the client in', async () => {
    const { email } = await newAccount();
    await Promise.all(times(5, () => login(email, password)));
    const { status, headers } = await login(email, password);
    expect(status).toBe(429);
    const wait = Number(headers['retry-after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(MINUTE);
    expect(headers.ratelimit).toBe(`"loginPerAddress";r=0;t=${wait}`);
    expect(headers['ratelimit-policy']).toBe('"loginPerAddress";q=5;w=60');
    // The previous window still counts when the next begins, less with every second.
    pass(wait + MINUTE);
    expect((await login(email, password)).status).toBe(200);
  });

  it('allow a client address twenty logins a minute, counted over concurrent functions', async () => {
    const client = newClient();
    const answers = await Promise.all(times(40, () => login(newEmail(), wrong, client)));
    expect(count(answers, 401)).toBe(20);
    expect(count(answers, 429)).toBe(20);
    expect((await login(newEmail(), wrong)).status).toBe(401);
  });

  it('allow a client address to register ten accounts an hour', async () => {
    const client = newClient();
    const answers = await Promise.all(times(12, () => register(newEmail(), client)));
    expect(count(answers, 201)).toBe(10);
    expect(count(answers, 429)).toBe(2);
    pass(2 * HOUR);
    expect((await register(newEmail(), client)).status).toBe(201);
  });

  it('announce the first attempt over a limit, not each', async () => {
    const email = newEmail();
    await Promise.all(times(9, () => login(email, wrong)));
    const events = await service.outbox('huleedu.identity.login.failed.v1');
    const over = events.filter((event) => event.email === email && event.reason === 'rate_limit_exceeded');
    expect(over).toHaveLength(1);
  });

  it('store no address and no client address in the counts', async () => {
    const { email } = await newAccount();
    const client = newClient();
    await login(email, wrong, client);
    const rows = await service.sql(
      'select r::text as line from rate_limits r union all select f::text from login_failures f',
    );
    const kept = rows.map(({ line }) => line).join('\n');
    expect(kept).not.toBe('');
    for (const text of [email, client]) {
      expect(kept).not.toContain(text);
      expect(kept).not.toContain(Buffer.from(text).toString('hex'));
    }
  });
});

describe('S10: five failures in a row', () => {
  it('lock the address for a quarter of an hour, whether or not it has an account', async () => {
    const { email, userId } = await newAccount();
    for (const address of [email, newEmail()]) {
      expect(statuses(await fail(address, 5))).toEqual([401, 401, 401, 401, 401]);
      pass(2 * MINUTE);
      expect((await login(address, password)).status).toBe(401);
    }
    expect(await locks(userId)).toHaveLength(1);
    pass(14 * MINUTE);
    expect((await login(email, password)).status).toBe(200);
  });

  it('are announced once for each lock, and only if there is an account', async () => {
    const { email, userId } = await newAccount();
    const before = (await service.outbox('huleedu.identity.account.locked.v1')).length;
    await Promise.all([...times(5, () => login(email, wrong)), ...times(5, () => login(newEmail(), wrong))]);
    pass(2 * MINUTE);
    await Promise.all(times(5, () => login(email, wrong)));
    expect((await service.outbox('huleedu.identity.account.locked.v1')).length).toBe(before + 1);
    expect(await locks(userId)).toEqual([expect.objectContaining({ locked_until: expect.any(String) })]);

    pass(16 * MINUTE);
    await fail(email, 5);
    expect(await locks(userId)).toHaveLength(2);
  });

  it('are forgotten after a right password before the fifth', async () => {
    const { email, userId } = await newAccount();
    for (let round = 0; round < 3; round++) {
      await fail(email, 4);
      expect((await login(email, password)).status).toBe(200);
      pass(3 * MINUTE);
    }
    expect(await locks(userId)).toEqual([]);
  });

  it('no longer lock after the password is reset', async () => {
    const { email } = await newAccount();
    await fail(email, 5);
    pass(2 * MINUTE);
    await postFrom(newClient(), `${service.url}/v1/auth/request-password-reset`, { email });
    const token = await mailedToken(service, email, 'reset_password');
    const new_password = 'another horse, another staple';
    const reset = await postFrom(newClient(), `${service.url}/v1/auth/reset-password`, { token, new_password });
    expect(reset.status).toBe(200);
    expect((await login(email, new_password)).status).toBe(200);
  });

  it('by a hundred clients a thousand times lock no row of users, and let the owner in after the lock', async () => {
    const { email, userId } = await newAccount();
    const attackers = times(100, newClient);
    // Whoever would lock the row in any way would wait for this, and get no answer.
    const holder = new Client({ connectionString: service.database.connectionString });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from users where user_id = $1 for update', [userId]);
    const answers: { status: number }[] = [];
    try {
      // Twenty minutes with fifty a minute, so that some of each minute are admitted and most are not.
      for (let minute = 0; minute < 20; minute++) {
        const wave = times(50, (n) => login(email, wrong, attackers[(minute * 50 + n) % 100]));
        answers.push(...(await Promise.all(wave)));
        pass(MINUTE);
      }
    } finally {
      await holder.end();
    }

    expect(count(answers, 401) + count(answers, 429)).toBe(1000);
    expect(count(answers, 401)).toBeGreaterThanOrEqual(5);
    pass(16 * MINUTE);
    expect((await login(email, password)).status).toBe(200);
  }, 180_000);
});

describe('S7: the answer to an attacker', () => {
  it('is the same for a wrong password, an unknown address and a locked account with the right password', async () => {
    const locked = await newAccount();
    await fail(locked.email, 5);
    pass(2 * MINUTE);
    const known = await newAccount();
    const client = newClient();
    const unknownBefore = newEmail();
    await login(unknownBefore, wrong, client);

    const cases = [
      [known.email, wrong],
      [newEmail(), wrong],
      [locked.email, password],
      [locked.email, wrong],
    ] as const;
    const seen = [];
    for (const [email, given] of cases) {
      let answer: Awaited<ReturnType<typeof login>> | undefined;
      const calls = await service.callsDuring(async () => {
        answer = await login(email, given, client);
      });
      const { 'x-correlation-id': _, 'apigw-requestid': __, date: ___, ...headers } = answer?.headers ?? {};
      const { correlation_id: ____, ...body } = answer?.body ?? {};
      seen.push({ status: answer?.status, headers, body, calls });
    }
    expect(seen[0]).toMatchObject({ status: 401, body: { code: 'INVALID_CREDENTIALS' } });
    for (const other of seen) expect(other).toEqual(seen[0]);
  });

  it('is the same for a new and a known address at registration, with the same calls to AWS', async () => {
    const { email } = await newAccount();
    const client = newClient();
    const seen = [];
    for (const address of [email, newEmail()]) {
      let answer: Awaited<ReturnType<typeof register>> | undefined;
      const calls = await service.callsDuring(async () => {
        answer = await register(address, client);
      });
      const { user_id, email: echoed, ...body } = answer?.body ?? {};
      expect(user_id).toMatch(/^[0-9a-f]{8}-/);
      expect(echoed).toBe(address);
      seen.push({ status: answer?.status, names: Object.keys(answer?.headers ?? {}), body, calls });
    }
    expect(seen[1]).toEqual(seen[0]);
  });
});
