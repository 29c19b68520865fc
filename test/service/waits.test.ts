/** A statement that waits uses the result it waited for, and undoes nothing of it: real statements, real locks. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { queueFor } from '../support/contention.ts';
import { mailedToken } from '../support/mailbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { cheapHashForm, type Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const next = 'another horse battery staple';
/** A hash of `password` without today's parameters: the next login would replace it. */
const OLD_HASH = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';

const rowOf = ({ userId }: Person) => `select from users where user_id = '${userId}' for update`;
const sessionOf = (sessionId: string) => `select from sessions where session_id = '${sessionId}' for update`;
const login = (person: Person, password: string) => service.post('/v1/auth/login', { email: person.email, password });
const account = async ({ userId }: Person) =>
  (await service.sql('select password_hash, display_name, locale from users where user_id = $1', [userId]))[0];
async function withOldHash(): Promise<Person> {
  const person = await registerAndLogin(service);
  await service.sql('update users set password_hash = $1 where user_id = $2', [OLD_HASH, person.userId]);
  return person;
}
async function resetOf(person: Person) {
  await service.post('/v1/auth/request-password-reset', { email: person.email });
  const token = await mailedToken(service, person.email, 'reset_password');
  return () => service.post('/v1/auth/reset-password', { token, new_password: next });
}
const change = (person: Person, current_password = person.password) =>
  service.post('/v1/auth/change-password', { current_password, new_password: next }, person.bearer);

it.each([
  ['hash is upgraded', 'password', withOldHash],
  ['hash is today’s', 'correct horse battery staple', () => registerAndLogin(service)],
])('S22: a login whose %s, and that waits for a reset, neither undoes it nor opens a session', async (_, old, make) => {
  const person = await make();
  const reset = await resetOf(person);
  const succeeded = async () =>
    (await service.outbox('huleedu.identity.login.succeeded.v1')).filter(({ user_id }) => user_id === person.userId);
  const before = (await succeeded()).length;
  const [done, late] = await queueFor(service, rowOf(person), [reset, () => login(person, old)]);
  expect([done?.status, late?.status, late?.body.code]).toEqual([200, 401, 'INVALID_CREDENTIALS']);
  expect(await succeeded()).toHaveLength(before);
  expect((await login(person, old)).status).toBe(401);
  expect((await login(person, next)).status).toBe(200);
});

it('S6: a login that would upgrade the hash and waits for a change of the password leaves the new one', async () => {
  const person = await withOldHash();
  const answers = await queueFor(service, rowOf(person), [
    () => change(person, 'password'),
    () => login(person, 'password'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([204, 401]);
  expect((await login(person, next)).status).toBe(200);
});

it('S4: two logins that would each upgrade the hash both succeed', async () => {
  const person = await withOldHash();
  const again = () => login(person, 'password');
  const answers = await queueFor(service, rowOf(person), [again, again]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect((await account(person))?.password_hash).toContain(cheapHashForm);
  expect((await login(person, 'password')).status).toBe(200);
});

it('S22: a change of the profile that waits for a reset no longer has a session, and changes nothing', async () => {
  const person = await registerAndLogin(service);
  const before = await account(person);
  const answers = await queueFor(service, rowOf(person), [
    await resetOf(person),
    () => service.put('/v1/auth/me', { display_name: 'Thief', locale: 'sv' }, person.bearer),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 401]);
  expect(await account(person)).toMatchObject({ display_name: before?.display_name, locale: before?.locale });
});

it('S6: a refresh that waits for a change of the password that kept its session succeeds', async () => {
  const person = await registerAndLogin(service);
  const { sessionId, refreshToken } = person;
  const [changed, refreshed] = await queueFor(service, sessionOf(sessionId), [
    () => change(person),
    () => service.post('/v1/auth/refresh', { refresh_token: refreshToken }),
  ]);
  expect([changed?.status, refreshed?.status]).toEqual([204, 200]);
});

it('S6: of two changes of the password at once, the second finds another password and changes nothing', async () => {
  const person = await registerAndLogin(service);
  const other = 'a third horse battery staple';
  const answers = await queueFor(service, rowOf(person), [
    () => change(person),
    () =>
      service.post(
        '/v1/auth/change-password',
        { current_password: person.password, new_password: other },
        person.bearer,
      ),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([204, 401]);
  expect((await login(person, next)).status).toBe(200);
});
