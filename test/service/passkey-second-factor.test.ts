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
