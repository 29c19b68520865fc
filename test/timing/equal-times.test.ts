/** S8, measured: what an attacker's stopwatch shows. That the work is the same at all, test/service/guessing.test.ts holds. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newEmail } from '../support/people.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { isShort, times } from '../support/short-form.ts';

const TRIES = times(50, 12);
/** Of the longest to the shortest median. In short, on a machine that does other work: a hash left out is a multiple. */
const MOST = isShort ? 2 : 1.2;
const password = 'correct horse battery staple';
const wrong = 'incorrect horse battery staple';
/** A failure more would lock. */
const FAILURES = 4;

let service: Service;
beforeAll(async () => {
  service = await startService({ ...asDeployed, maxConcurrency: 1 });
});
afterAll(() => service.stop());

const register = (email: string) => service.post('/v1/auth/register', { email, password });
const login = (email: string, given: string) => service.post('/v1/auth/login', { email, password: given });

async function newAccount(): Promise<string> {
  const email = newEmail();
  expect((await register(email)).status).toBe(201);
  return email;
}

type Tries = Readonly<Record<string, (n: number) => Promise<{ status: number }>>>;

/** Milliseconds, medians; the kinds by turns, so that a slow moment is all of theirs. */
async function medians(tries: Tries, status: number): Promise<Record<string, number>> {
  const samples = Object.fromEntries(Object.keys(tries).map((kind) => [kind, [] as number[]]));
  // The first of each is a function's start.
  for (let n = -3; n < TRIES; n++) {
    for (const [kind, attempt] of Object.entries(tries)) {
      const begun = performance.now();
      const answer = await attempt(n + 3);
      const took = performance.now() - begun;
      expect(answer.status).toBe(status);
      if (n >= 0) samples[kind]?.push(took);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([kind, sample]) => [kind, median(sample)]));
}

const median = (sample: readonly number[]) =>
  [...sample].sort((a, b) => a - b)[Math.floor(sample.length / 2)] ?? Number.NaN;

function expectEqual(measured: Readonly<Record<string, number>>): void {
  const medianTimes = Object.values(measured);
  console.log(
    Object.entries(measured)
      .map(([kind, time]) => `${kind} ${time.toFixed(1)} ms`)
      .join(', '),
  );
  expect(Math.max(...medianTimes) / Math.min(...medianTimes)).toBeLessThanOrEqual(MOST);
}

it('S8: a wrong password, an unknown address, a locked account take a login the same time', {
  timeout: 300_000,
}, async () => {
  const accounts: string[] = [];
  for (let n = 0; n < (TRIES + 3) / FAILURES; n++) accounts.push(await newAccount());
  const locked = await newAccount();
  for (let n = 0; n < 5; n++) await login(locked, wrong);
  const measured = await medians(
    {
      'wrong password': (n) => login(accounts[Math.floor(n / FAILURES)] ?? '', wrong),
      'unknown address': () => login(newEmail(), wrong),
      'locked, right password': () => login(locked, password),
    },
    401,
  );
  expectEqual(measured);
});

it('S8: a new and a known address take a registration the same time', { timeout: 300_000 }, async () => {
  const known = await newAccount();
  expectEqual(await medians({ new: () => register(newEmail()), known: () => register(known) }, 201));
});
