/** Locking an owner out (S67): what a flood of wrong logins does to a person on a known and on an unknown device. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DeviceToken, readDeviceToken, sealDeviceToken } from '../../functions/domain/device-token.ts';
import { clientsIn, postFrom } from '../support/from-address.ts';
import { mailedToken } from '../support/mailbox.ts';
import { makeAdmin } from '../support/organizations.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const HOUR = 3600;
const MINUTE = 60;
const password = 'correct horse battery staple';
const wrong = 'incorrect horse battery staple';
const next = 'another horse battery staple';

let service: Service;
let ahead = 0;
beforeAll(async () => {
  service = await sharedService({ rateLimiting: 'on' });
});
afterAll(() => service.stop());
beforeEach(() => pass(2 * HOUR));

function pass(seconds: number): void {
  ahead += seconds;
  service.setClockOffset(ahead);
}
const newClient = clientsIn('127.3');
const post = (path: string, body: object, from = newClient(), headers = {}) =>
  postFrom(from, `${service.url}/v1/auth/${path}`, body, headers);
const login = (email: string, given: string, device_token?: string, from?: string, more: object = {}) =>
  post('login', { email, password: given, ...(device_token ? { device_token } : {}), ...more }, from);
const shown = ({ status, body }: Awaited<ReturnType<typeof login>>) => {
  const { correlation_id: _, ...rest } = body;
  return { status, body: rest };
};

/** A person who signed in on a device before. */
async function owner(from = newClient()) {
  const email = newEmail();
  const { user_id: userId } = (await post('register', { email, password })).body;
  const signedIn = await login(email, password, undefined, from);
  expect(signedIn.status).toBe(200);
  const { device_token: device, access_token } = signedIn.body;
  return {
    email,
    userId: userId as string,
    device: device as string,
    bearer: { authorization: `Bearer ${access_token}` },
  };
}
/** Wrong logins: a limit refuses some of them, others are compared. */
async function flood(email: string, tries: number, from: () => string = newClient) {
  const answers = [];
  for (let n = 0; n < tries; n += 20) {
    answers.push(...(await Promise.all(Array.from({ length: 20 }, () => login(email, wrong, undefined, from())))));
  }
  return answers.map(({ status }) => status);
}
async function reset(email: string) {
  await post('request-password-reset', { email });
  const token = await mailedToken(service, email, 'reset_password');
  return post('reset-password', { token, new_password: next });
}
const key = async () => Buffer.from(JSON.parse(await secret('device')).key);
async function secret(name: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({
    endpoint: service.awsUrl,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: `identity-local/${name}` }));
  return SecretString;
}
const remade = async (device: string, change: Partial<DeviceToken>) => {
  const token = readDeviceToken(device, [await key()]);
  if (!token) throw new Error('not a token of this stage');
  return sealDeviceToken({ ...token, ...change }, await key());
};

describe('S67: 200 wrong logins', () => {
  it.each([
    ['from one address', () => (() => '127.4.0.1') as () => string],
    ['from many', () => newClient],
  ])('S67: %s lock out nobody on a known device, but everybody else', async (_, clientsOf) => {
    const { email, device } = await owner();
    pass(2 * MINUTE);
    const statuses = await flood(email, 200, clientsOf());
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);

    expect((await login(email, password)).status).toBe(429);
    const known = await login(email, password, device);
    expect(known.status).toBe(200);
    pass(2 * MINUTE);
    // The address is locked, with or without the right password, and a login on a known device does not change that.
    expect((await login(email, password)).status).toBe(401);
    expect((await login(email, password, known.body.device_token)).status).toBe(200);
  });

  it('S67: a reset lets the owner in at once, without a known device, and keeps its own device known', async () => {
    const { email } = await owner();
    pass(2 * MINUTE);
    await flood(email, 20);
    expect((await login(email, password)).status).toBe(429);
    const done = await reset(email);
    expect(done.status).toBe(200);
    expect((await login(email, next)).status).toBe(200);
    await flood(email, 20);
    expect((await login(email, next)).status).toBe(429);
    expect((await login(email, next, done.body.device_token)).status).toBe(200);
  });
});

describe('S67: a stolen device token', () => {
  it('S67: allows five guesses, then the device is unknown for a quarter of an hour', async () => {
    const { email, userId, device } = await owner();
    pass(2 * MINUTE);
    const attempts = await Promise.all(Array.from({ length: 20 }, () => login(email, wrong, device)));
    // Five as the device, however many come at once; then five as from anywhere, and the address is locked, too.
    const compared = attempts.filter(({ status }) => status === 401).length;
    expect([compared >= 5, compared <= 10]).toEqual([true, true]);
    pass(2 * MINUTE);
    for (let n = 0; n < 5; n++) expect((await login(email, wrong, device)).status).toBe(401);
    pass(2 * MINUTE);
    expect((await login(email, password, device)).status).toBe(401);
    // The device's own failures locked no account; those of the address did.
    const locked = (await service.outbox('huleedu.identity.account.locked.v1')).filter(
      ({ user_id }) => user_id === userId,
    );
    expect(locked).toHaveLength(1);
    const [entry] = await service.sql(
      `select detail from audit_log where user_id = $1 and action = 'guesses.refused'`,
      [userId],
    );
    expect(entry?.detail).toMatchObject({ counted_by: 'device' });
    pass(16 * MINUTE);
    await flood(email, 20);
    expect((await login(email, password, device)).status).toBe(200);
  });

  it('S67: does not lift the limit per client address, nor an administrator’s lock', async () => {
    const { email, device, userId } = await owner();
    const from = newClient();
    await Promise.all(Array.from({ length: 20 }, () => login(newEmail(), wrong, undefined, from)));
    expect((await login(email, password, device, from)).body.code).toBe('RATE_LIMITED');
    expect((await login(email, password, device)).status).toBe(200);
    const admin = await makeAdmin(service, await registerAndLogin(service));
    expect((await service.post(`/v1/admin/users/${userId}/lock`, {}, admin.bearer)).status).toBe(200);
    const epoch = (await service.sql('select password_epoch from users where user_id = $1', [userId]))[0]
      ?.password_epoch;
    const ofToday = await remade(device, { passwordEpoch: epoch });
    const refused = await login(email, password, ofToday);
    expect([refused.status, refused.body.code]).toEqual([401, 'INVALID_CREDENTIALS']);
  });
});

describe('S67: a device stays unknown with', () => {
  it('S67: a token of another account, too old, of an older password, changed, or made up', async () => {
    const [one, other] = [await owner(), await owner()];
    const old = await remade(one.device, { issuedAt: new Date(Date.now() + ahead * 1000 - 91 * 24 * HOUR * 1000) });
    const young = await remade(one.device, { issuedAt: new Date(Date.now() + ahead * 1000 - 89 * 24 * HOUR * 1000) });
    const earlier = await remade(one.device, { passwordEpoch: 12 });
    const changed = `${one.device.slice(0, -1)}${one.device.endsWith('A') ? 'Q' : 'A'}`;
    const forged = sealDeviceToken(
      { ...(readDeviceToken(one.device, [await key()]) as DeviceToken) },
      Buffer.from('a key of somebody else, 256 bits'),
    );
    pass(2 * MINUTE);
    await flood(one.email, 20);
    const seen = [];
    for (const token of [undefined, other.device, old, earlier, changed, forged, randomUUID(), '{}']) {
      seen.push(shown(await login(one.email, password, token)));
    }
    expect(new Set(seen.map(({ status, body }) => `${status} ${body.code}`))).toEqual(new Set(['429 RATE_LIMITED']));
    pass(2 * MINUTE);
    const locked = [];
    for (const token of [other.device, old, earlier]) locked.push(shown(await login(one.email, password, token)));
    expect(new Set(locked.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
      new Set(['401 INVALID_CREDENTIALS']),
    );
    expect((await login(one.email, password, young)).status).toBe(200);
    // It makes the device known for the other account.
    expect((await login(other.email, password, other.device)).status).toBe(200);
  });

  it('S67: a token from before a reset, new password or sign-out everywhere, except where that was done', async () => {
    const changer = await owner();
    const body = { current_password: password, new_password: next, renew_tokens: true };
    const renewed = await post('change-password', body, newClient(), changer.bearer);
    expect(renewed.status).toBe(200);
    const leaver = await owner();
    await service.post('/v1/auth/sessions/revoke-all', { keep_current: false }, leaver.bearer);
    const stayer = await owner();
    await service.post('/v1/auth/sessions/revoke-all', { keep_current: true }, stayer.bearer);
    const resetter = await owner();
    const done = await reset(resetter.email);
    pass(2 * MINUTE);
    for (const { email } of [changer, leaver, stayer, resetter]) await flood(email, 20);

    expect((await login(changer.email, next, changer.device)).status).toBe(429);
    expect((await login(changer.email, next, renewed.body.device_token)).status).toBe(200);
    expect((await login(leaver.email, password, leaver.device)).status).toBe(429);
    expect((await login(stayer.email, password, stayer.device)).status).toBe(200);
    expect((await login(resetter.email, next, resetter.device)).status).toBe(429);
    expect((await login(resetter.email, next, done.body.device_token)).status).toBe(200);
  });
});

describe('S7: with a device token', () => {
  it('S7: a wrong password, an unknown and a locked address get the same answer by the same calls to AWS', async () => {
    const [known, locked] = [await owner(), await owner()];
    pass(2 * MINUTE);
    await flood(locked.email, 20);
    pass(2 * MINUTE);
    const { device } = await owner();
    const seen = [];
    for (const [email, given] of [
      [known.email, wrong],
      [newEmail(), wrong],
      [locked.email, password],
    ] as const) {
      let answer: Awaited<ReturnType<typeof login>> | undefined;
      const calls = await service.callsDuring(async () => {
        // A genuine token of another person.
        answer = await login(email, given, device);
      });
      seen.push({ ...shown(answer as Awaited<ReturnType<typeof login>>), calls });
    }
    expect(seen[0]).toMatchObject({ status: 401 });
    for (const other of seen) expect(other).toEqual(seen[0]);
  });
});
