import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPasskey } from '../support/authenticator.ts';
import { behaviourAt, givePasskey, loginChallenge, passkeyLogin, registrationOf, surely } from '../support/passkeys.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

const PASSKEYS = '/v1/auth/passkeys';
const OPTIONS = `${PASSKEYS}/options`;
const over = { status: 400, body: { code: 'CHALLENGE_INVALID' } };

const withPasskey = async (more: Parameters<typeof givePasskey>[2] = {}) => {
  const person = await registerAndLogin(service);
  return { person, passkey: await givePasskey(service, person, more) };
};
const eventsOf = async (topic: string, { userId }: Person) =>
  (await service.outbox(topic)).filter(({ user_id }) => user_id === userId);

describe('making a passkey', () => {
  it('gives a browser what the contract says of it', async () => {
    const person = await registerAndLogin(service);
    const { status, body } = await service.post(OPTIONS, undefined, person.bearer);
    expect(status).toBe(200);
    expect(body.options).toEqual({
      challenge: expect.stringMatching(/^[\w-]{40,}$/),
      rp: { id: 'localhost', name: expect.any(String) },
      user: { id: expect.stringMatching(/^[\w-]{43}$/), name: person.email, displayName: person.email },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
    });
    const again = await service.post(OPTIONS, undefined, person.bearer);
    expect(again.body.options.user.id).toBe(body.options.user.id);
    expect(again.body.options.challenge).not.toBe(body.options.challenge);
  });

  it('S85: keeps it, announces it, has it in the list, and leaves it out of what is made next', async () => {
    const { person, passkey } = await withPasskey({ name: 'My phone' });
    expect(await eventsOf('huleedu.identity.factor.added.v1', person)).toMatchObject([{ factor: 'passkey' }]);
    const { bearer } = await surely(service, passkey);
    const { body } = await service.get(PASSKEYS, bearer);
    expect(body).toEqual({
      rp_id: 'localhost',
      user_handle: passkey.userHandle,
      passkeys: [
        {
          passkey_id: passkey.id,
          credential_id: passkey.credentialId,
          name: 'My phone',
          created_at: expect.any(String),
          last_used_at: expect.any(String),
          can_sync: true,
          synced: true,
        },
      ],
    });
    const { excludeCredentials } = (await service.post(OPTIONS, undefined, bearer)).body.options;
    expect(excludeCredentials).toEqual([{ id: passkey.credentialId, type: 'public-key', transports: ['internal'] }]);
    expect((await givePasskey(service, { bearer })).userHandle).toBe(passkey.userHandle);
  });

  it.each([-8, -7, -257] as const)('takes the algorithm %i', async (algorithm) => {
    const { passkey } = await withPasskey({ algorithm });
    expect(await passkeyLogin(service, passkey)).toMatchObject({ status: 200 });
  });

  it.each([
    ['without user verification', { isVerified: false }],
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another relying party', { rpId: 'evil.example' }],
    ['in a frame', { crossOrigin: true }],
  ])('refuses one %s', async (_, changed) => {
    const person = await registerAndLogin(service);
    const { body } = await service.post(OPTIONS, undefined, person.bearer);
    const made = createPasskey(Buffer.from(body.options.challenge, 'base64url'), {
      ...behaviourAt(service),
      ...changed,
    });
    const refused = await service.post(PASSKEYS, { credential: registrationOf(made) }, person.bearer);
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    expect((await service.get(PASSKEYS, person.bearer)).body.passkeys).toEqual([]);
  });

  it('S83: takes a challenge once, within five minutes, of the session that asked, and for this alone', async () => {
    const person = await registerAndLogin(service);
    const challenge = (await service.post(OPTIONS, undefined, person.bearer)).body.options.challenge;
    const make = (of: string) => registrationOf(createPasskey(Buffer.from(of, 'base64url'), behaviourAt(service)));
    const keep = (of: string, bearer = person.bearer) => service.post(PASSKEYS, { credential: make(of) }, bearer);
    expect(await keep(challenge, (await person.loginAgain()).bearer)).toMatchObject(over);
    expect(await keep(await loginChallenge(service))).toMatchObject(over);
    service.setClockOffset(301);
    expect(await keep(challenge)).toMatchObject(over);
    service.setClockOffset(0);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => keep(challenge)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(400)]);
  });

  it('refuses the same passkey twice, also of another account', async () => {
    const [one, other] = [await registerAndLogin(service), await registerAndLogin(service)];
    const { challenge } = (await service.post(OPTIONS, undefined, one.bearer)).body.options;
    const authenticator = createPasskey(Buffer.from(challenge, 'base64url'), behaviourAt(service));
    expect((await service.post(PASSKEYS, { credential: registrationOf(authenticator) }, one.bearer)).status).toBe(201);
    const { options } = (await service.post(OPTIONS, undefined, other.bearer)).body;
    const copy = authenticator.recreate(Buffer.from(options.challenge, 'base64url'));
    const refused = await service.post(PASSKEYS, { credential: registrationOf(copy) }, other.bearer);
    expect(refused).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it('has an end: twenty of an account', async () => {
    const { person, passkey } = await withPasskey();
    await service.sql(
      `insert into factors (factor_id, user_id, kind, credential_id, public_key, sign_count, may_back_up, is_backed_up,
         confirmed_at, created_at)
       select gen_random_uuid(), $1, 'passkey', uuid_send(gen_random_uuid()), '\\x01', 0, true, true, now(), now()
       from generate_series(1, 19)`,
      [person.userId],
    );
    const { bearer } = await surely(service, passkey);
    expect(await service.post(OPTIONS, undefined, bearer)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it('S85: asks for a recent authentication, of level 2 of whoever has a passkey already', async () => {
    const { person, passkey } = await withPasskey();
    const stale = { status: 403, body: { code: 'REAUTHENTICATION_REQUIRED', max_age: 300 } };
    expect(await service.post(OPTIONS, undefined, person.bearer)).toMatchObject(stale);
    expect(await service.delete(`${PASSKEYS}/${passkey.id}`, undefined, person.bearer)).toMatchObject(stale);
    const sure = await surely(service, passkey);
    service.setClockOffset(301);
    expect(await service.post(OPTIONS, undefined, sure.bearer)).toMatchObject(stale);
  });

  it('waits for the mailed link where an administrator has reset the factors', async () => {
    const person = await registerAndLogin(service);
    await service.sql('update users set factors_reset_at = now() where user_id = $1', [person.userId]);
    expect(await service.post(OPTIONS, undefined, person.bearer)).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
  });
});

describe('a passkey of one’s own', () => {
  it('is named, and found by nobody else', async () => {
    const [{ passkey }, stranger] = [await withPasskey(), await registerAndLogin(service)];
    const sure = await surely(service, passkey);
    const path = `${PASSKEYS}/${passkey.id}`;
    expect((await service.put(path, { name: '  Blue key ' }, sure.bearer)).status).toBe(204);
    expect((await service.get(PASSKEYS, sure.bearer)).body.passkeys).toMatchObject([{ name: 'Blue key' }]);
    const notFound = { status: 404, body: { code: 'RESOURCE_NOT_FOUND' } };
    expect(await service.put(path, { name: 'Mine' }, stranger.bearer)).toMatchObject(notFound);
    expect(await service.delete(path, undefined, stranger.bearer)).toMatchObject(notFound);
  });

  it('S85: is removed, and that is announced once', async () => {
    const { person, passkey } = await withPasskey();
    const sure = await surely(service, passkey);
    const path = `${PASSKEYS}/${passkey.id}`;
    const outcomes = await Promise.all([1, 2].map(() => service.delete(path, undefined, sure.bearer)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual([204, 404]);
    expect(await eventsOf('huleedu.identity.factor.removed.v1', person)).toMatchObject([{ factor: 'passkey' }]);
    expect(await passkeyLogin(service, passkey)).toMatchObject({ status: 401 });
  });

  it('S87: is not removed where it is the last way in, also not of two at once', async () => {
    const { person, passkey } = await withPasskey();
    const sure = await surely(service, passkey);
    const second = await givePasskey(service, sure);
    // As an account is imported that has no password.
    await service.sql(`update users set password_hash = '!' where user_id = $1`, [person.userId]);
    const outcomes = await Promise.all(
      [passkey, second].map(({ id }) => service.delete(`${PASSKEYS}/${id}`, undefined, sure.bearer)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect((await service.get(PASSKEYS, sure.bearer)).body.passkeys).toHaveLength(1);
  });
});
