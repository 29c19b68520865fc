/** A passkey that is shown again in a session that there is, at the JSON door; and what each challenge is good for. */
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { giveApp } from '../support/factors.ts';
import { type Assertion, givePasskey, loginChallenge, type OwnPasskey, sendAssertion } from '../support/passkeys.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const OPTIONS = '/v1/auth/passkeys/reauthenticate-options';
const over = { status: 400, body: { code: 'CHALLENGE_INVALID' } };
const wrong = { status: 401, body: { code: 'INVALID_CREDENTIALS' } };

let service: Service;
let person: Person;
let passkey: OwnPasskey;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));
beforeEach(async () => {
  person = await registerAndLogin(service);
  passkey = await givePasskey(service, person);
});

const challengeFor = async ({ bearer }: Pick<Person, 'bearer'>) =>
  (await service.post(OPTIONS, undefined, bearer)).body.options.challenge as string;
const show = (assertion: Assertion, { bearer }: Pick<Person, 'bearer'> = person) =>
  service.post('/v1/auth/reauthenticate', { assertion }, bearer);
const beginLogin = async () =>
  (await service.post('/v1/auth/login', { email: person.email, password: person.password })).body;
const twenty = <T>(make: () => Promise<T>) => Promise.all(Array.from({ length: 20 }, make));

describe('a passkey that is shown again', () => {
  it('S85: raises its own session, and opens what a minute before was refused', async () => {
    const path = `/v1/auth/passkeys/${passkey.id}`;
    expect(await service.delete(path, undefined, person.bearer)).toMatchObject({
      status: 403,
      body: { code: 'REAUTHENTICATION_REQUIRED', acr_values: 'urn:identity:acr:2' },
    });
    const { body } = await service.post(OPTIONS, undefined, person.bearer);
    expect(body.options).toMatchObject({
      userVerification: 'required',
      allowCredentials: [{ id: passkey.credentialId, type: 'public-key' }],
    });
    const raised = await show(passkey.assertion(body.options.challenge));
    expect(raised.status).toBe(200);
    expect(decodeJwt(raised.body.access_token)).toMatchObject({ acr: 'phr', amr: ['pwd', 'pop', 'user', 'mfa'] });
    expect((await service.delete(path, undefined, person.bearer)).status).toBe(204);
  });

  it('is taken where the person was verified alone, and beside nothing else', async () => {
    const assertion = passkey.assertion(await challengeFor(person), { isVerified: false });
    expect(await show(assertion)).toMatchObject(wrong);
    const both = { assertion, password: person.password };
    expect((await service.post('/v1/auth/reauthenticate', both, person.bearer)).status).toBe(400);
  });

  it('needs one: an account without gets no options, nor does a session that is over', async () => {
    const nobody = await registerAndLogin(service);
    expect((await service.post(OPTIONS, undefined, nobody.bearer)).status).toBe(404);
    await service.post('/v1/auth/logout', { refresh_token: person.refreshToken });
    expect((await service.post(OPTIONS, undefined, person.bearer)).status).toBe(401);
  });

  it('S83: is the account’s own', async () => {
    const other = await registerAndLogin(service);
    const theirs = await givePasskey(service, other);
    expect(await show(theirs.assertion(await challengeFor(person)))).toMatchObject(wrong);
    // Nor by the challenge of another session of the same person.
    const elsewhere = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    const bearer = { authorization: `Bearer ${elsewhere.body.access_token}` };
    expect(await show(passkey.assertion(await challengeFor({ bearer })))).toMatchObject(over);
  });

  it('S83: answers a challenge of this purpose alone, within its time', async () => {
    await giveApp(service, person.userId);
    const pending = await beginLogin();
    const challenges = [await loginChallenge(service), pending.passkey_options.challenge];
    for (const challenge of challenges) expect(await show(passkey.assertion(challenge))).toMatchObject(over);
    // Of the same session, to make a passkey.
    const maker = await registerAndLogin(service);
    const making = await service.post('/v1/auth/passkeys/options', undefined, maker.bearer);
    const made = await givePasskey(service, maker);
    expect(await show(made.assertion(making.body.options.challenge), maker)).toMatchObject(over);
    const own = passkey.assertion(await challengeFor(person));
    expect(await sendAssertion(service, own)).toMatchObject(over);
    const second = { mfa_token: pending.mfa_token, method: 'passkey', assertion: own };
    expect(await service.post('/v1/auth/second-factor', second)).toMatchObject(over);
    service.setClockOffset(301);
    expect(await show(own)).toMatchObject(over);
    service.setClockOffset(0);
    expect(await show(own)).toMatchObject({ status: 200 });
  });

  it('S83: counts once, of twenty at once and afterwards', async () => {
    const assertion = passkey.assertion(await challengeFor(person));
    const answers = await twenty(() => show(assertion));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    expect(await show(assertion)).toMatchObject(wrong);
  });

  it('S83: opens one session of twenty, as the second factor', async () => {
    await giveApp(service, person.userId);
    const { mfa_token, passkey_options } = await beginLogin();
    const assertion = passkey.assertion(passkey_options.challenge);
    const count = async () =>
      (await service.sql('select from sessions where user_id = $1 and revoked_at is null', [person.userId])).length;
    const before = await count();
    const answers = await twenty(() =>
      service.post('/v1/auth/second-factor', { mfa_token, method: 'passkey', assertion }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await count()).toBe(before + 1);
  });
});
