/** If addresses must be verified, registering and then logging in does not reveal who has an account (S60). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mailedToken, mailTo, newestMail } from '../support/mailbox.ts';
import { newEmail } from '../support/people.ts';
import { type Answer, type Service, startService } from '../support/service.ts';

let service: Service;
const many = { limit: 10_000 };
beforeAll(async () => {
  service = await startService({
    settings: {
      rateLimiting: 'on',
      requireVerifiedEmail: true,
      rateLimits: { loginPerAddress: many, loginPerIp: many, registerPerIp: many },
    },
  });
});
afterAll(() => service.stop());

const owners = 'the password of whoever was here before';
const password = 'the password of whoever tries it out';
const register = (email: string, given = password) => service.post('/v1/auth/register', { email, password: given });
const login = (email: string, given = password) => service.post('/v1/auth/login', { email, password: given });

const kinds = {
  'has no account': async () => newEmail(),
  'has an unproved account': async () => {
    const email = newEmail();
    await register(email, owners);
    return email;
  },
  'has an account': async () => {
    const email = newEmail();
    await register(email, owners);
    await service.post('/v1/auth/verify-email', { token: await mailedToken(service, email, 'verify_email') });
    return email;
  },
};

const ofRequest = ['date', 'x-correlation-id', 'apigw-requestid'];
const shapeOf = ({ status, headers, body }: Answer) => ({
  status,
  headers: Object.fromEntries([...headers].filter(([name]) => !ofRequest.includes(name))),
  body: { ...body, user_id: '', email: '', correlation_id: '' },
});

/** What is visible when an address is registered and then logged in: the answers, and the calls that they took. */
async function tryOut(email: string) {
  const seen: unknown[] = [];
  for (const work of [register, login, login]) {
    const calls = await service.callsDuring(async () => {
      seen.push(shapeOf(await work(email)));
    });
    seen.push(calls);
  }
  return seen;
}

it('S60: registering an address and logging in gets the same answers by the same calls, whoever has it', async () => {
  // Each function fetches the keys once.
  await tryOut(newEmail());
  const [unknown, ...known] = await Promise.all(Object.values(kinds).map((kind) => kind()));
  const expected = await tryOut(unknown as string);
  expect(expected).toMatchObject([
    { status: 201 },
    {},
    { status: 401, body: { code: 'INVALID_CREDENTIALS' } },
    {},
    {},
    {},
  ]);
  for (const email of known) expect(await tryOut(email)).toEqual(expected);
});

it('S60: asking for a link gets the same answer after registering and login, whoever has the address', async () => {
  for (const kind of Object.values(kinds)) {
    const email = await kind();
    await register(email);
    for (const _ of [1, 2, 3]) await login(email);
    const asked = await service.post('/v1/auth/request-email-verification', { email });
    expect(asked.status).toBe(202);
  }
});

it('S60: a login refused for an unverified address has a verification link mailed, within the limit', async () => {
  const email = newEmail();
  await register(email);
  const first = await mailedToken(service, email, 'verify_email');
  const before = mailTo(service, email).length;
  expect((await login(email)).body.code).toBe('INVALID_CREDENTIALS');
  const second = await mailedToken(service, email, 'verify_email');
  expect(second).not.toBe(first);
  for (const _ of [1, 2, 3, 4]) {
    await login(email);
    await newestMail(service, email, 'verify_email');
  }
  expect(mailTo(service, email)).toHaveLength(before + 3);

  const newest = await mailedToken(service, email, 'verify_email');
  expect((await service.post('/v1/auth/verify-email', { token: newest })).status).toBe(200);
  // Six refusals and no lock, as nothing was guessed.
  expect((await login(email)).status).toBe(200);
});
