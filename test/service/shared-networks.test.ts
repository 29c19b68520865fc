/** Networks that many people share, such as a school behind one address, beside those that are not named. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientsIn, postFrom } from '../support/from-address.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const SCHOOL = '127.77.0.5';
const PARTNER = '127.78.0.5';
const elsewhere = clientsIn('127.79');
/** Of one client address: a tenth of the default, so that a school of 200 stands for one of 2,000. */
const LIMIT = 2;
const TIMES = 20;

let service: Service;
beforeAll(async () => {
  // A host of its own, as limits count.
  service = await startService({
    settings: {
      rateLimiting: 'on',
      rateLimits: { loginPerIp: { limit: LIMIT }, registerPerIp: { limit: 100_000 } },
      sharedNetworks: [
        { times: TIMES, cidrs: ['127.77.0.0/16'] },
        { times: 'unlimited', cidrs: ['127.78.0.5/32'] },
      ],
    },
  });
});
afterAll(() => service.stop());

const attempt = (from: string, body: object) => postFrom(from, `${service.url}/v1/auth/login`, body);
/** Logins of many people, each of whom tries once. */
async function pupils(from: string, count: number) {
  const answers = [];
  for (let n = 0; n < count; n++)
    answers.push(await attempt(from, { email: newEmail(), password: 'not the password' }));
  return answers;
}
const refused = (answers: readonly { status: number }[]) => answers.filter(({ status }) => status === 429).length;

it('S9: lets a named network try as many times as often as another client, and no more', async () => {
  expect(refused(await pupils(SCHOOL, LIMIT * TIMES))).toBe(0);
  const [late] = await pupils(SCHOOL, 1);
  expect(late).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  expect(Number(late?.headers['retry-after'])).toBeGreaterThan(0);
  // Another address of the network is counted by itself.
  expect(refused(await pupils('127.77.0.6', 1))).toBe(0);
});

it('S9: answers a network that is not named with 429 and Retry-After, and hurts nobody else’s login', async () => {
  const flooder = elsewhere();
  const answers = await pupils(flooder, 3 * LIMIT);
  expect(answers.map(({ status }) => status)).toEqual([...Array(LIMIT).fill(401), ...Array(2 * LIMIT).fill(429)]);
  expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0);
  const { email, password } = await registerAndLogin(service);
  expect((await attempt(elsewhere(), { email, password })).status).toBe(200);
});

it('S9: bounds the whole /24, from whichever of its addresses', async () => {
  const answers = [];
  for (let host = 1; host <= 51; host++) answers.push(...(await pupils(`127.80.1.${host}`, LIMIT)));
  expect(refused(answers.slice(0, 50 * LIMIT))).toBe(0);
  expect(refused(answers.slice(50 * LIMIT))).toBe(LIMIT);
  expect(refused(await pupils('127.80.2.1', 1))).toBe(0);
});

it('keeps no count of a network without a limit, and every account’s own limit and lock', async () => {
  const rows = async () => (await service.sql('select count(*)::integer as n from rate_limits'))[0]?.n;
  const { email, password } = await registerAndLogin(service);
  const before = await rows();
  expect(refused(await pupils(PARTNER, 5 * LIMIT))).toBe(0);
  // One for each address that was tried.
  expect(await rows()).toBe(before + 5 * LIMIT);
  const guesses = [];
  for (let n = 0; n < 7; n++) guesses.push(await attempt(PARTNER, { email, password: 'not the password' }));
  expect(refused(guesses)).toBeGreaterThan(0);
  // Locked by then, at once: an account is held as everywhere.
  expect((await attempt(PARTNER, { email, password })).status).not.toBe(200);
});
