import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RangeService, startRangeService } from '../../lib/local/range-service.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const BREACHED = 'the one that leaked in spring';

let ranges: RangeService;
let service: Service;
beforeAll(async () => {
  ranges = await startRangeService([BREACHED]);
  service = await startService({
    // Its tests are about today's hashes.
    forTests: { sharedEnvironments: true },
    settings: { breachedPasswordRangeUrl: ranges.url },
  });
});
afterAll(async () => {
  await service.stop();
  await ranges.close();
});

const register = (password: string) => service.post('/v1/auth/register', { email: newEmail(), password });
const unlikely = () => `unlikely ${randomBytes(8).toString('hex')}`;
const metrics = () =>
  service
    .logs()
    .filter(({ line }) => line.includes('BreachCheckFailed'))
    .map(({ line }) => JSON.parse(line).BreachCheckFailed);

describe('a new password', () => {
  it.each(['unbelievable', 'Password1234', '123456789012', BREACHED])('S3: is refused: %s', async (password) => {
    const answer = await register(password);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'PASSWORD_REJECTED', detail: expect.any(String) });
    expect(answer.body.detail).not.toContain(password);
  });

  it('S3: must meet the same rules in a change; after a refusal the old one stays', async () => {
    const person = await registerAndLogin(service);
    for (const new_password of ['unbelievable', BREACHED, person.email, 'too short']) {
      const body = { current_password: person.password, new_password };
      expect((await service.post('/v1/auth/change-password', body, person.bearer)).status).toBe(422);
    }
    await person.loginAgain();
  });

  it('S3: is looked up by five digits of its hash, padded, and by nothing else', async () => {
    const before = ranges.requests.length;
    expect((await register(unlikely())).status).toBe(201);
    const asked = ranges.requests.slice(before);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.path).toMatch(/^\/range\/[0-9A-F]{5}$/);
    expect(asked[0]?.headers).toMatchObject({ 'add-padding': 'true' });
    expect(Object.keys(asked[0]?.headers ?? {})).not.toContain('x-correlation-id');
  });

  it.each(['fail', 'hang'] as const)(
    'S3: is accepted if the range service does %s, and a metric counts that',
    async (how) => {
      const before = metrics().length;
      ranges.behave(how);
      expect((await register(BREACHED)).status).toBe(201);
      ranges.behave('answer');
      expect(metrics().slice(before)).toEqual([1]);
    },
  );
});

describe('a password hash', () => {
  const hashOf = async (userId: string) =>
    (await service.sql('select password_hash from users where user_id = $1', [userId]))[0]?.password_hash;

  it('S4: is Argon2id with today’s parameters and a salt of its own', async () => {
    const hashes = await Promise.all(
      [registerAndLogin(service), registerAndLogin(service)].map(async (person) => hashOf((await person).userId)),
    );
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$/);
    expect(new Set(hashes).size).toBe(2);
  });

  it('S4: with old parameters is upgraded at the next login, and only then', async () => {
    const person = await registerAndLogin(service);
    const old = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    await service.sql('update users set password_hash = $1 where user_id = $2', [old, person.userId]);
    const login = (password: string) => service.post('/v1/auth/login', { email: person.email, password });

    expect((await login('not the password')).status).toBe(401);
    expect(await hashOf(person.userId)).toBe(old);
    expect((await login('password')).status).toBe(200);
    const upgraded = await hashOf(person.userId);
    expect(upgraded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await login('password')).status).toBe(200);
    expect(await hashOf(person.userId)).toBe(upgraded);
  });
});

it('S5: a password is in no log line, no event, no row and no mail', async () => {
  const password = unlikely();
  const next = unlikely();
  const person = await registerAndLogin(service, { password });
  await service.post('/v1/auth/login', { email: person.email, password: `${password}!` });
  await service.post('/v1/auth/login', `{"email":"${person.email}","password":"${password}"`);
  await service.post('/v1/auth/change-password', { current_password: password, new_password: next }, person.bearer);
  await service.runJob('relay-outbox', { drain: true });
  await service.events.settled();
  const written = [
    await service.dump(),
    JSON.stringify(service.logs()),
    JSON.stringify(service.events.events()),
    JSON.stringify(service.ses.messages()),
  ].join('\n');
  expect(written).toContain(person.userId);
  for (const secret of [password, next]) expect(written).not.toContain(secret);
});
