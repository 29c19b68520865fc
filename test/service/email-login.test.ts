/** Signing in by a mailed code at the JSON door (functions/domain/email-login.ts). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverMail, mailedCode, mailTo } from '../support/mailbox.ts';
import { askByMail, claimsOf, giveCode, otherThan, provedPerson, signInByMail } from '../support/mailed-logins.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Answer, Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const HOUR = 3600;
let service: Service;
let ahead = 0;
beforeAll(async () => {
  // By the client's address it is counted as other logins are.
  const many = { limit: 10_000 };
  const rateLimits = { loginPerIp: many, mailPerIp: many, registerPerIp: many };
  service = await sharedService({ rateLimiting: 'on', emailLogin: 'on', rateLimits });
});
afterAll(() => service.stop());
beforeEach(() => pass(25 * HOUR));

function pass(seconds: number): void {
  ahead += seconds;
  service.setClockOffset(ahead);
}

const proved = () => provedPerson(service);
const ofRequest = ['date', 'x-correlation-id', 'apigw-requestid', 'content-length'];
/** Seconds that are left: a busy machine takes another one between two answers. */
const untimed = ([name, value]: [string, string]) => [
  name,
  /^(retry-after|ratelimit)$/.test(name) ? value.replace(/\d+$/, '') : value,
];
const shapeOf = ({ status, headers, body }: Answer) => ({
  status,
  headers: Object.fromEntries([...headers].filter(([name]) => !ofRequest.includes(name)).map(untimed)),
  body: { ...body, login_id: typeof body.login_id, expires_at: '', correlation_id: '' },
});

describe('a mailed code', () => {
  it('signs in, as one factor, once, and says so in tokens and audit log', async () => {
    const { email, userId } = await proved();
    const loginId = await askByMail(service, email);
    const code = await mailedCode(service, email);
    const answer = await giveCode(service, loginId, `${code.slice(0, 3)} ${code.slice(3)}`, { device_name: 'Phone' });
    expect(answer).toMatchObject({ status: 200, body: { device_token: expect.any(String) } });
    expect(claimsOf(answer)).toMatchObject({ sub: userId, amr: ['email'], acr: 'urn:identity:acr:1' });
    expect(await giveCode(service, loginId, code)).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CREDENTIALS' },
    });
    const entries = (await service.audit(userId)).map(({ action }) => action);
    expect(entries).toEqual(expect.arrayContaining(['login.mail_requested', 'login.succeeded']));
  });

  it('S83: gives one session to 20 uses at once', async () => {
    const { email, userId } = await proved();
    const loginId = await askByMail(service, email);
    const code = await mailedCode(service, email);
    const before = await service.sql('select from sessions where user_id = $1', [userId]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => giveCode(service, loginId, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await service.sql('select from sessions where user_id = $1', [userId])).toHaveLength(before.length + 1);
  });

  it('S83: works with the login_id of its own request alone', async () => {
    const { email } = await proved();
    const mine = await askByMail(service, email);
    const code = await mailedCode(service, email);
    const attackers = await askByMail(service, email);
    expect(await mailedCode(service, email)).not.toBe(code);
    expect((await giveCode(service, attackers, code)).status).toBe(401);
    expect((await giveCode(service, mine, code)).status).toBe(200);
  });

  it('S83: is over after ten minutes, five tries, or a newer one of the same client; a stranger’s ends none', async () => {
    const { email } = await proved();
    const first = await askByMail(service, email);
    const firstCode = await mailedCode(service, email);
    const second = await askByMail(service, email, { login_id: first });
    const secondCode = await mailedCode(service, email);
    await askByMail(service, email);
    expect((await giveCode(service, first, firstCode)).status).toBe(401);
    pass(301);
    for (const _ of [1, 2, 3, 4, 5]) {
      expect((await giveCode(service, second, otherThan(secondCode))).status).toBe(401);
    }
    expect(await giveCode(service, second, secondCode)).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });

    pass(HOUR);
    const late = await askByMail(service, email);
    const lateCode = await mailedCode(service, email);
    pass(601);
    expect((await giveCode(service, late, lateCode)).status).toBe(401);
  });

  it('S83: after ten wrong codes none works for a day, of whatever request', async () => {
    const { email } = await proved();
    for (const tries of [4, 4, 2]) {
      pass(HOUR);
      const loginId = await askByMail(service, email);
      const wrong = otherThan(await mailedCode(service, email));
      for (let index = 0; index < tries; index++) expect((await giveCode(service, loginId, wrong)).status).toBe(401);
    }
    pass(HOUR);
    expect((await signInByMail(service, email)).status).toBe(401);
    pass(25 * HOUR);
    expect((await signInByMail(service, email)).status).toBe(200);
    expect(service.logs().some(({ line }) => line.includes('"EmailCodesWrong":1'))).toBe(true);
  });

  it('ends with a new password, and with the account', async () => {
    const { email, password, bearer } = await proved();
    const loginId = await askByMail(service, email);
    const code = await mailedCode(service, email);
    const change = { current_password: password, new_password: 'another correct horse battery' };
    expect((await service.post('/v1/auth/change-password', change, bearer)).status).toBe(204);
    expect((await giveCode(service, loginId, code)).status).toBe(401);
    const again = await askByMail(service, email);
    const newer = await mailedCode(service, email);
    expect((await service.delete('/v1/auth/me', { password: change.new_password }, bearer)).status).toBe(204);
    expect((await giveCode(service, again, newer)).status).toBe(401);
  });

  it('S28: is in no table and on no bus', async () => {
    const { email } = await proved();
    const loginId = await askByMail(service, email);
    const dump = `${await service.dump()}${JSON.stringify(service.events.events())}`;
    expect(dump).not.toContain(loginId);
  });
});

describe('who has no account', () => {
  it('S60: gets the same answers by the same calls, and no mail', async () => {
    const seen = async (email: string) => {
      const answers: unknown[] = [];
      let loginId = '';
      const calls = await service.callsDuring(async () => {
        const asked = await service.post('/v1/auth/email-code', { email });
        loginId = asked.body.login_id;
        answers.push(shapeOf(asked));
        for (const _ of [1, 2, 3, 4, 5, 6]) answers.push(shapeOf(await giveCode(service, loginId, '000000')));
        for (const _ of [1, 2, 3]) answers.push(shapeOf(await service.post('/v1/auth/email-code', { email })));
      });
      return { answers, calls, length: loginId.length };
    };
    const people = [(await proved()).email, (await registerAndLogin(service)).email];
    await seen(newEmail());
    const nobody = newEmail();
    const strangers = await seen(nobody);
    expect(strangers.answers).toMatchObject([
      { status: 202 },
      { status: 401 },
      {},
      {},
      {},
      {},
      { status: 429 },
      {},
      {},
      { status: 429 },
    ]);
    for (const email of people) expect(await seen(email)).toEqual(strangers);
    await deliverMail(service);
    expect(mailTo(service, nobody)).toEqual([]);
  });
});

describe('a known device', () => {
  it('S83: has mails of its own, when strangers have used up those of the address', async () => {
    const { email } = await proved();
    const device = (await signInByMail(service, email)).body.device_token;
    for (const _ of [1, 2]) await askByMail(service, email);
    expect((await service.post('/v1/auth/email-code', { email })).status).toBe(429);
    expect((await signInByMail(service, email, { device_token: device })).status).toBe(200);
  });

  it('S83: gives its codes while those from elsewhere are closed by wrong ones', async () => {
    const { email } = await proved();
    const device = (await signInByMail(service, email)).body.device_token;
    for (const _ of [1, 2, 3]) {
      pass(HOUR);
      const loginId = await askByMail(service, email);
      const wrong = otherThan(await mailedCode(service, email));
      for (const _ of [1, 2, 3, 4]) await giveCode(service, loginId, wrong);
    }
    pass(HOUR);
    expect((await signInByMail(service, email)).status).toBe(401);
    expect((await signInByMail(service, email, { device_token: device })).status).toBe(200);
  });
});

it('what is no login_id of ours is refused without a question to the database', async () => {
  const calls = await service.callsDuring(async () => {
    expect((await giveCode(service, 'made up', '000000')).status).toBe(401);
  });
  expect(calls).toEqual({});
});
