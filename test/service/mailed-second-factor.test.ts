/** A mailed code beside the password, where the stage says `mailAsSecondFactor: level2`. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type App, giveApp } from '../support/factors.ts';
import { deliverMail, mailedToken, mailTo } from '../support/mailbox.ts';
import { claimsOf, otherThan, signInByMail } from '../support/mailed-logins.ts';
import { makeAdmin, newOrganization, proveAddress } from '../support/organizations.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const LEVEL_2 = 'urn:identity:acr:2';
const AMR = ['pwd', 'email', 'mfa'];

let service: Service;
let person: Person;
let org: string;

const login = () => service.post('/v1/auth/login', { email: person.email, password: person.password });
const askFor = (mfa_token: string) => service.post('/v1/auth/second-factor/email-code', { mfa_token });
const show = (mfa_token: string, code: string, method = 'email') =>
  service.post('/v1/auth/second-factor', { mfa_token, method, code });
const mails = async () => {
  await deliverMail(service);
  return mailTo(service, person.email).filter(({ Tags }) => Tags?.some(({ Value }) => Value === 'second_factor'));
};
/** @returns the `mfa_token` */
async function begin(): Promise<string> {
  const { body } = await login();
  expect(body).toMatchObject({ code: 'SECOND_FACTOR_REQUIRED', methods: ['email'] });
  return body.mfa_token;
}
/** The same, with a code that was mailed for it. */
async function mailed(): Promise<readonly [string, string]> {
  const before = (await mails()).length;
  const token = await begin();
  expect(await askFor(token)).toMatchObject({ status: 202, body: { expires_at: expect.any(String) } });
  const sent = await mails();
  expect(sent).toHaveLength(before + 1);
  const code = /class="code"[^>]*>(\d{6})</.exec(sent.at(-1)?.Body?.html_part ?? '')?.[1] ?? '';
  return [token, code];
}

/** An owner of an organisation that asks its owners for level 2. */
async function anOwner(): Promise<void> {
  person = await registerAndLogin(service);
  await proveAddress(service, person);
  org = await newOrganization(service, person);
  await service.sql('update organizations set level_2_roles = null, level_2_from = now() where org_id = $1', [org]);
}
let main: Service;
beforeAll(async () => {
  main = await sharedService({ mailAsSecondFactor: 'level2', emailLogin: 'on' });
  service = await sharedService({ mailAsSecondFactor: 'level2', emailLogin: 'on' });
});
afterAll(() => main.stop());
beforeEach(async () => {
  service = main;
  service.setClockOffset(0);
  await anOwner();
});

describe('at the JSON door', () => {
  it('S86: signs in at level 2 with the password and the mailed code, and what is demanded goes by it', async () => {
    const [token, code] = await mailed();
    const signedIn = await show(token, code);
    expect(claimsOf(signedIn)).toMatchObject({ acr: LEVEL_2, amr: AMR, org_id: org });
    const refreshed = await service.post('/v1/auth/refresh', {
      refresh_token: signedIn.body.refresh_token,
      org_id: org,
    });
    expect(claimsOf(refreshed)).toMatchObject({ acr: LEVEL_2, amr: AMR, org_id: org });
    // As any second factor, it counts for an hour without use.
    service.setClockOffset(3601);
    expect(await service.post('/v1/auth/refresh', { refresh_token: refreshed.body.refresh_token })).toMatchObject({
      status: 403,
      body: { code: 'REAUTHENTICATION_REQUIRED', acr_values: LEVEL_2 },
    });
  });

  it('mails who asks, and that the password is known, without a link', async () => {
    await mailed();
    const [mail] = await mails();
    expect(mail?.Body?.text_part).toContain('somebody knows your password');
    expect(mail?.Body?.text_part).not.toContain('?token=');
  });

  it('S83: a code opens one session, of twenty that come at once', async () => {
    const [token, code] = await mailed();
    const answers = await Promise.all(Array.from({ length: 20 }, () => show(token, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]));
    expect((await show(token, code)).status).toBe(401);
  });

  it('S83: a code is for its sign-in alone, the newest one, and for ten minutes', async () => {
    const [token, code] = await mailed();
    const other = await begin();
    expect((await show(other, code)).status).toBe(401);
    await askFor(token);
    const sent = (await mails()).map(({ Body }) => /class="code"[^>]*>(\d{6})</.exec(Body?.html_part ?? '')?.[1] ?? '');
    const newest = sent.find((one) => one !== code) ?? '';
    expect((await show(token, code)).status).toBe(401);
    service.setClockOffset(601);
    expect(await show(token, newest)).toMatchObject({ status: 401, body: { code: 'SIGN_IN_EXPIRED' } });
    service.setClockOffset(0);
    expect((await show(token, newest)).status).toBe(200);
  });

  it('S83: nobody’s code is another’s, and none is mailed without the password', async () => {
    const [token, code] = await mailed();
    const first = person;
    await anOwner();
    expect((await show(await begin(), code)).status).toBe(401);
    expect(await askFor('x'.repeat(40))).toMatchObject({ status: 401, body: { code: 'SIGN_IN_EXPIRED' } });
    person = first;
    expect((await show(token, code)).status).toBe(200);
  });

  it('offers it after every other factor, and nothing is the less for it', async () => {
    const app: App = await giveApp(service, person.userId);
    const { body } = await login();
    expect(body.methods).toEqual(['totp', 'email']);
    expect((await show(body.mfa_token, app.code(), 'totp')).status).toBe(200);
  });
});

describe('S86: a mailed code is not asked for, and counts for nothing,', () => {
  const expectEnrolment = async () => {
    const { status, body } = await login();
    expect([status, body.enrolment_required]).toEqual([200, true]);
  };

  it('where the address is not proved', async () => {
    await service.sql('update users set email_verified_at = null where user_id = $1', [person.userId]);
    await expectEnrolment();
  });

  it('of an administrator of the platform, also of one who became it meanwhile', async () => {
    const [token, code] = await mailed();
    await makeAdmin(service, person);
    await expectEnrolment();
    expect((await show(token, code)).status).toBe(401);
    expect((await askFor(token)).status).toBe(401);
  });

  it('after a login by mail: that would be the mailbox twice', async () => {
    expect((await signInByMail(service, person.email)).body.enrolment_required).toBe(true);
    await giveApp(service, person.userId);
    expect((await signInByMail(service, person.email)).body.methods).toEqual(['totp']);
  });

  it('beside a password that a mailed link set, until it is changed at level 2', async () => {
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const token = await mailedToken(service, person.email, 'reset_password');
    const { password } = person;
    expect((await service.post('/v1/auth/reset-password', { token, new_password: password })).status).toBe(200);
    await expectEnrolment();
    const change = async (authorization: string) =>
      (
        await service.post(
          '/v1/auth/change-password',
          { current_password: password, new_password: password, renew_tokens: true },
          { authorization },
        )
      ).status;
    // Nor where it is changed by who knows no more than that.
    await service.sql('update organizations set level_2_from = null where org_id = $1', [org]);
    const { body } = await login();
    expect(await change(`Bearer ${body.access_token}`)).toBe(200);
    await service.sql('update organizations set level_2_from = now() where org_id = $1', [org]);
    await expectEnrolment();
    const app = await giveApp(service, person.userId);
    const { mfa_token, methods } = (await login()).body;
    expect(methods).toEqual(['totp']);
    const sure = await show(mfa_token, app.code(), 'totp');
    expect(await change(`Bearer ${sure.body.access_token}`)).toBe(200);
    expect((await login()).body.methods).toEqual(['totp', 'email']);
  });

  it('while factors that an administrator took are to be set up again', async () => {
    await service.sql('update users set factors_reset_at = now() where user_id = $1', [person.userId]);
    await expectEnrolment();
  });

  it('where nobody asks for level 2, or the stage does not say so', async () => {
    const [token, code] = await mailed();
    await service.sql('update organizations set level_2_from = null where org_id = $1', [org]);
    expect((await login()).status).toBe(200);
    expect((await show(token, otherThan(code))).status).toBe(401);
    service = await sharedService({ emailLogin: 'on' });
    await anOwner();
    await expectEnrolment();
  });
});

describe('with limits', () => {
  it('S83: five wrong codes keep the sixth out for the account, whichever sign-in it is of; mails are limited, too', async () => {
    service = await sharedService({ mailAsSecondFactor: 'level2', rateLimiting: 'on' });
    await anOwner();
    const [token, code] = await mailed();
    for (let at = 0; at < 5; at += 1) expect((await show(token, otherThan(code))).status).toBe(401);
    expect((await show(token, code)).status).toBe(429);
    expect((await show(await begin(), code)).status).toBe(429);
    // Five of a sign-in, whatever the time.
    service.setClockOffset(301);
    expect((await show(token, code)).status).toBe(429);
    service.setClockOffset(0);
    expect([(await askFor(token)).status, (await askFor(token)).status, (await askFor(token)).status]).toEqual([
      202, 202, 429,
    ]);
  });
});
