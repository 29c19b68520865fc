/** S59: one mailbox has one account, one lock and one limit, however its domain is spelt. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postFrom } from '../support/from-address.ts';
import { deliverMail, mailTo } from '../support/mailbox.ts';
import { makeAdmin } from '../support/organizations.ts';
import { registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const password = 'correct horse battery staple';
let service: Service;
let count = 0;

beforeAll(async () => {
  service = await sharedService({ rateLimiting: 'on' });
});
afterAll(() => service.stop());

/** Spellings of one mailbox without an account, the first as SMTP has it. */
function mailbox(): [string, ...string[]] {
  const local = `person${++count}`;
  return [
    `${local}@xn--frskolan-n4a.se`,
    `${local}@förskolan.se`,
    `${local.toUpperCase()}@FÖRSKOLAN.SE`,
    `${local}@fo\u0308rskolan.se`,
    `${local}@ｆörskolan。se`,
  ];
}

/** Each request from a client address of its own, so that only the address's limits count. */
const post = (path: string, body: object) => postFrom(`127.2.0.${(++count % 250) + 1}`, `${service.url}${path}`, body);
const register = (email: string) => post('/v1/auth/register', { email, password });
const login = (email: string, given = password) => post('/v1/auth/login', { email, password: given });
const accounts = async (ascii: string) => service.sql('select email from users where email_key = $1', [ascii]);

describe('S59: one mailbox', () => {
  it('has one account, stored as it was first given, and every spelling opens it', async () => {
    const [ascii, given = '', ...others] = mailbox();
    for (const spelling of [given, ascii, ...others]) expect((await register(spelling)).status).toBe(201);
    expect(await accounts(ascii)).toEqual([{ email: given }]);
    expect((await service.sql(`select from users where email like $1`, [`${ascii.split('@')[0]}@%`])).length).toBe(1);
    for (const spelling of [ascii, given, ...others.slice(0, 2)]) expect((await login(spelling)).status).toBe(200);
  });

  it('gets its mails where SMTP delivers, as many as one address gets', async () => {
    const spellings = mailbox();
    for (const spelling of [...spellings, ...spellings]) await register(spelling);
    await deliverMail(service);
    // The welcome, and three notices an hour that there is an account.
    expect(mailTo(service, spellings[0]).length).toBeLessThanOrEqual(4);
    expect(mailTo(service, spellings[0]).length).toBeGreaterThan(0);
    for (const other of spellings.slice(1)) expect(mailTo(service, other)).toEqual([]);
  });

  it('has one count of failures: other spellings give a guesser no more tries', async () => {
    const spellings = mailbox();
    await register(spellings[0]);
    for (const spelling of spellings) expect((await login(spelling, 'a wrong password')).status).toBe(401);
    expect((await login(spellings[0])).status).toBe(429);
  });

  it('has one limit on reset mails', async () => {
    const [ascii, ...others] = mailbox();
    const statuses: number[] = [];
    for (const email of [ascii, ...others]) {
      statuses.push((await post('/v1/auth/request-password-reset', { email })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 429, 429]);
  });

  it('is erased from events in every spelling that was typed', async () => {
    const [ascii, given = '', ...others] = mailbox();
    const person = await registerAndLogin(service, { email: given });
    for (const spelling of [ascii, ...others].slice(0, 2)) await login(spelling, 'a wrong password');
    const local = `${ascii.split('@')[0]}@`;
    expect((await service.dump()).toLowerCase()).toContain(local);
    const deleted = await service.delete('/v1/auth/me', { password: person.password }, person.bearer);
    expect(deleted.status).toBe(204);
    expect((await service.dump()).toLowerCase()).not.toContain(local);
  });

  it('is found by an administrator in every spelling', async () => {
    const [ascii, given = '', ...others] = mailbox();
    await register(given);
    const { bearer } = await makeAdmin(service, await registerAndLogin(service));
    for (const spelling of [ascii, given, ...others]) {
      const { body } = await service.get(`/v1/admin/users?email=${encodeURIComponent(spelling)}`, bearer);
      expect(body.users).toMatchObject([{ email: given }]);
    }
  });

  it('is what SMTP delivers to: other addresses are refused on every route', async () => {
    for (const email of ['a..b@x.org', '.a@x.org', 'a.@x.org', `a@${'a'.repeat(64)}.org`, 'a@host.123', 'x@0x7f.1']) {
      for (const path of ['register', 'login', 'request-password-reset', 'request-email-verification']) {
        const { status, body } = await post(`/v1/auth/${path}`, { email, password });
        expect([path, status, body.errors?.[0]?.pointer]).toEqual([path, 400, '/email']);
      }
    }
  });
});
