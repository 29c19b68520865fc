/** Signing in with a passkey at the JSON door, as the second factor. */
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { giveApp } from '../support/factors.ts';
import { givePasskey, loginChallenge } from '../support/passkeys.ts';
import { registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

const wrong = { status: 401, body: { code: 'INVALID_CREDENTIALS' } };
const over = { status: 400, body: { code: 'CHALLENGE_INVALID' } };

const withPasskey = async (more: Parameters<typeof givePasskey>[2] = {}) => {
  const person = await registerAndLogin(service);
  return { person, passkey: await givePasskey(service, person, more) };
};

describe('a passkey as the second factor', () => {
  it('is asked for with the account’s own ids, and answers the sign-in that asked, once', async () => {
    const { person, passkey } = await withPasskey();
    await giveApp(service, person.userId);
    const begin = async () =>
      (await service.post('/v1/auth/login', { email: person.email, password: person.password })).body;
    const show = (mfa_token: string, challenge: string, changed = {}) =>
      service.post('/v1/auth/second-factor', {
        mfa_token,
        method: 'passkey',
        assertion: passkey.assertion(challenge, changed),
      });
    const [one, two] = [await begin(), await begin()];
    expect(one).toMatchObject({
      code: 'SECOND_FACTOR_REQUIRED',
      methods: ['passkey', 'totp'],
      passkey_options: {
        allowCredentials: [{ id: passkey.credentialId, type: 'public-key', transports: ['internal'] }],
      },
    });
    const { challenge } = one.passkey_options;
    expect(await show(two.mfa_token, challenge)).toMatchObject(over);
    expect(await show(one.mfa_token, await loginChallenge(service))).toMatchObject(over);
    expect(await show(one.mfa_token, challenge, { isVerified: false })).toMatchObject(wrong);
    const shown = await show(one.mfa_token, challenge);
    expect(shown.status).toBe(200);
    expect(decodeJwt(shown.body.access_token)).toMatchObject({ acr: 'phr', amr: ['pwd', 'pop', 'user', 'mfa'] });
    expect(await show(one.mfa_token, challenge)).toMatchObject({ status: 401 });
  });

  it('takes no passkey of somebody else', async () => {
    const [{ person, passkey }, other] = [await withPasskey(), await withPasskey()];
    await giveApp(service, person.userId);
    const { body } = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    const theirs = other.passkey.assertion(body.passkey_options.challenge);
    const given = { mfa_token: body.mfa_token, method: 'passkey' };
    expect(await service.post('/v1/auth/second-factor', { ...given, assertion: theirs })).toMatchObject(wrong);
    expect(await service.post('/v1/auth/second-factor', given)).toMatchObject(wrong);
    const own = passkey.assertion(body.passkey_options.challenge);
    expect(await service.post('/v1/auth/second-factor', { ...given, assertion: own })).toMatchObject({ status: 200 });
  });
});

describe('where the stage has no passkeys any more', () => {
  const withPasskeyOf = async (without: Service) => {
    const person = await registerAndLogin(without);
    await without.sql(
      `insert into factors (
        factor_id, user_id, kind, credential_id, public_key, sign_count, may_back_up, is_backed_up, confirmed_at, created_at
      )
      values (uuidv7(), $1, 'passkey', '\\x01', '\\x00', 0, false, false, now(), now())`,
      [person.userId],
    );
    return person;
  };

  it('S85: asks who has one alone for what they can show: sensitive actions for the password', async () => {
    const without = await sharedService({ passkeys: { on: false } });
    const person = await withPasskeyOf(without);
    const tokens = await person.loginAgain();
    expect((await without.get('/v1/auth/me/export', tokens.bearer)).status).toBe(200);
    without.setClockOffset(301);
    expect(await without.get('/v1/auth/me/export', tokens.bearer)).toMatchObject({
      status: 403,
      body: { code: 'REAUTHENTICATION_REQUIRED', acr_values: 'urn:identity:acr:1' },
    });
    without.setClockOffset(0);
    // An app that is beside it is still asked for.
    await giveApp(without, person.userId);
    const { body } = await without.post('/v1/auth/login', { email: person.email, password: person.password });
    expect(body.methods).toEqual(['totp']);
    expect((await without.get('/v1/auth/me/export', tokens.bearer)).body.acr_values).toBe('urn:identity:acr:2');
  });

  it('S86: lets who has one alone set up another factor where level 2 is demanded, and do nothing else', async () => {
    const without = await sharedService({ passkeys: { on: false }, secondFactor: 'required' });
    const { email, password } = await withPasskeyOf(without);
    const { status, body } = await without.post('/v1/auth/login', { email, password });
    expect([status, body.enrolment_required]).toEqual([200, true]);
  });
});
