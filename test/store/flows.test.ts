/** Flows called as functions: they get what they need, and a real database, without HTTP, Lambda or an environment. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessClaims } from '../../functions/domain/access-token.ts';
import { deviceTokens } from '../../functions/domain/device-token.ts';
import type { HmacKeys } from '../../functions/domain/key-versions.ts';
import { passwordHasher } from '../../functions/domain/password-hash.ts';
import type { PendingSignIn } from '../../functions/domain/pending-sign-in.ts';
import { Problem } from '../../functions/domain/problem.ts';
import { pseudonyms } from '../../functions/domain/pseudonym.ts';
import { refreshTokens } from '../../functions/domain/refresh-token.ts';
import { sealed } from '../../functions/domain/sealed.ts';
import type { PasskeyChallenge } from '../../functions/domain/webauthn/challenge.ts';
import { changePassword } from '../../functions/flows/change-password.ts';
import { reauthenticate } from '../../functions/flows/reauthenticate.ts';
import { refreshSession } from '../../functions/flows/refresh-session.ts';
import { type Registration, register } from '../../functions/flows/register.ts';
import { signIn } from '../../functions/flows/sign-in.ts';
import type { Database } from '../../functions/store/database.ts';
import type { StageSettingsInput } from '../../lib/service/config.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { settingsWith } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
});
afterAll(() => service.stop());

const versions = (...keys: [Buffer, ...Buffer[]]): HmacKeys => ({
  keys: async () => keys,
  refetched: async () => null,
});
const [older, newer] = [randomBytes(32), randomBytes(32)];
const pseudonymKey = versions(randomBytes(32));
const deviceKey = versions(randomBytes(32));
/** The claims, instead of a token. */
const sign = async (claims: object) => JSON.stringify(claims);
const claimsOf = (accessToken: string) => JSON.parse(accessToken) as AccessClaims;

/** What a function file makes. */
async function needsWith(service: StageSettingsInput['service'] = {}, chainKey = versions(older)) {
  const settings = settingsWith(service);
  return {
    settings,
    database,
    admitSigning: () => sign,
    takeStatusIndex: async () => null,
    pseudonyms: pseudonyms(pseudonymKey),
    passwords: await passwordHasher(settings),
    isBreached: async (password: string) => password.startsWith('breached'),
    refreshTokens: refreshTokens(chainKey),
    deviceTokens: deviceTokens(deviceKey, settings),
    pendingSignIns: sealed<PendingSignIn>(chainKey, 'second factor'),
    passkeyChallenges: sealed<PasskeyChallenge>(chainKey, 'passkey challenge'),
  };
}

const password = 'correct horse battery staple';
const person = (more: Partial<Registration> = {}): Registration => ({
  email: newEmail(),
  password,
  organizationName: undefined,
  profile: {},
  ...more,
});
const attempt = ({ email }: Registration, given = password) => ({
  email,
  password: given,
  deviceName: undefined,
  deviceToken: undefined,
});
const now = () => contextAt(new Date());

describe('a person', () => {
  it('registers, signs in, refreshes and changes the password through the flows only', async () => {
    const needs = await needsWith({ audience: 'another-platform' });
    const somebody = person({ organizationName: 'Norra skolan' });
    const { userId, orgId } = await register(needs, somebody, now());
    const signedIn = await signIn(needs, attempt(somebody), now());
    const claims = claimsOf(signedIn.accessToken);
    expect(claims).toMatchObject({ sub: userId, org_id: orgId, aud: 'another-platform', iss: needs.settings.issuer });
    expect(claims.exp - claims.iat).toBe(signedIn.expiresIn);

    const refreshed = await refreshSession(needs, { refreshToken: signedIn.refreshToken, orgId: undefined }, now());
    expect(refreshed.sessionId).toBe(signedIn.sessionId);
    const change = { currentPassword: password, newPassword: 'another horse entirely', renewTokens: true };
    const renewed = await changePassword(needs, claims, change, now());
    expect(claimsOf(renewed?.accessToken ?? '{}')).toMatchObject({ sub: userId, sid: claims.sid });
    await expect(signIn(needs, attempt(somebody), now())).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await expect(signIn(needs, attempt(somebody, 'another horse entirely'), now())).resolves.toMatchObject({
      expiresIn: needs.settings.accessTokenSeconds,
    });
  });

  it('gets the successor that a function with the other version of the chain key derived', async () => {
    const needs = await needsWith({}, versions(older, newer));
    const elsewhere = await needsWith({}, versions(newer, older));
    const somebody = person();
    await register(needs, somebody, now());
    const { refreshToken } = await signIn(needs, attempt(somebody), now());
    const presented = { refreshToken, orgId: undefined };
    const first = await refreshSession(needs, presented, now());
    const again = await refreshSession(elsewhere, presented, now());
    expect(again.refreshToken).toBe(first.refreshToken);
  });
});

describe('while tokens are not signed', () => {
  it('a person is refused before anything is asked of the database, and nothing changes', async () => {
    const needs = await needsWith();
    const somebody = person();
    await register(needs, somebody, now());
    const signedIn = await signIn(needs, attempt(somebody), now());
    const presented = { refreshToken: signedIn.refreshToken, orgId: undefined };
    const change = { currentPassword: password, newPassword: 'another horse entirely', renewTokens: true };
    const claims = claimsOf(signedIn.accessToken);

    let queries = 0;
    const counted = {
      query: <Row>(...given: Parameters<Database['query']>) => {
        queries++;
        return database.query<Row>(...given);
      },
    };
    const admitSigning = () => {
      throw new Problem('SERVICE_UNAVAILABLE');
    };
    const shedding = { ...needs, database: counted, admitSigning };
    const unavailable = { code: 'SERVICE_UNAVAILABLE' };
    await expect(signIn(shedding, attempt(somebody), now())).rejects.toMatchObject(unavailable);
    await expect(signIn(shedding, attempt(person()), now())).rejects.toMatchObject(unavailable);
    await expect(refreshSession(shedding, presented, now())).rejects.toMatchObject(unavailable);
    await expect(reauthenticate(shedding, claims, password, now())).rejects.toMatchObject(unavailable);
    await expect(changePassword(shedding, claims, change, now())).rejects.toMatchObject(unavailable);
    expect(queries).toBe(0);

    const refreshed = await refreshSession(needs, presented, now());
    expect(refreshed.refreshToken).not.toBe(signedIn.refreshToken);
    // A change that ends in no token goes on.
    await expect(
      changePassword({ ...needs, admitSigning }, claims, { ...change, renewTokens: false }, now()),
    ).resolves.toBe(null);
  });
});

describe('the settings that a flow gets', () => {
  it('decide whether a registration creates an organisation', async () => {
    const somebody = person({ organizationName: 'Södra skolan' });
    const byAdmins = await needsWith({ organizations: { foundedBy: 'admins' } });
    await expect(register(byAdmins, somebody, now())).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      errors: [{ pointer: '/organization_name' }],
    });
    await expect(register(await needsWith(), somebody, now())).resolves.toMatchObject({ orgId: expect.any(String) });
  });

  it('decide whether a known address is revealed', async () => {
    const somebody = person();
    const needs = await needsWith();
    await register(needs, somebody, now());
    await expect(register(needs, somebody, now())).resolves.toMatchObject({ orgId: null });
    const revealing = await needsWith({ revealExistingAccounts: true });
    await expect(register(revealing, somebody, now())).rejects.toMatchObject({ code: 'USER_ALREADY_EXISTS' });
  });

  it('decide whether an address must be proved before a login', async () => {
    const somebody = person();
    await register(await needsWith(), somebody, now());
    const strict = await needsWith({ requireVerifiedEmail: true });
    await expect(signIn(strict, attempt(somebody), now())).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await expect(signIn(await needsWith(), attempt(somebody), now())).resolves.toMatchObject({
      sessionId: expect.any(String),
    });
  });

  it('decide how many failures lock, and for how long', async () => {
    const somebody = person();
    const short = await needsWith({ lockoutFailures: 3, lockoutSeconds: 60 });
    await register(short, somebody, now());
    for (let failure = 0; failure < 3; failure++) {
      await expect(signIn(short, attempt(somebody, 'wrong'), now())).rejects.toMatchObject({
        code: 'INVALID_CREDENTIALS',
      });
    }
    await expect(signIn(short, attempt(somebody), now())).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    const afterwards = contextAt(new Date(Date.now() + 61_000));
    await expect(signIn(short, attempt(somebody), afterwards)).resolves.toMatchObject({
      sessionId: expect.any(String),
    });
  });
});

it('S3: a leaked password is refused, whichever service reports it', async () => {
  const leaked = register(await needsWith(), person({ password: 'breached horse battery' }), now());
  await expect(leaked).rejects.toMatchObject({ code: 'PASSWORD_REJECTED', fault: 'breached' });
});
