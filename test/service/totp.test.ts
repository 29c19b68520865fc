/** Authenticator apps and recovery codes: set up, replaced, listed, removed. */
import { Secret, URI } from 'otpauth';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { App, beginLogin, giveApp, setUpApp, showFactor } from '../support/factors.ts';
import { raise } from '../support/levels.ts';
import { newestMail } from '../support/mailbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

const begin = ({ bearer }: Person) => service.post('/v1/auth/totp', undefined, bearer);
const confirm = ({ bearer }: Person, code: string) => service.post('/v1/auth/totp/confirm', { code }, bearer);
const remove = ({ bearer }: Person) => service.delete('/v1/auth/totp', undefined, bearer);
const newCodes = ({ bearer }: Person) => service.post('/v1/auth/recovery-codes', undefined, bearer);
const factorsOf = async ({ bearer }: Person) => (await service.get('/v1/auth/factors', bearer)).body.factors;
const rowOf = async ({ userId }: Person, kind = 'totp') => {
  const [row] = await service.sql('select * from factors where user_id = $1 and kind = $2', [userId, kind]);
  return row;
};
const changesOf = async ({ userId }: Person, change: 'added' | 'removed') =>
  (await service.outbox(`huleedu.identity.factor.${change}.v1`))
    .filter(({ user_id }) => user_id === userId)
    .map(({ factor }) => factor);
const again = { status: 403, body: { code: 'REAUTHENTICATION_REQUIRED' } };

describe('an authenticator app', () => {
  it('is set up by a QR code, and a factor when its first code was right', async () => {
    const person = await registerAndLogin(service);
    const { status, body } = await begin(person);
    expect(status).toBe(201);
    expect(body.qr_svg).toMatch(/^<svg /);
    const read = URI.parse(body.otpauth_uri);
    expect(read).toMatchObject({ label: person.email, digits: 6, algorithm: 'SHA1', period: 30 });
    expect(read.secret.base32).toBe(body.secret);
    expect(await factorsOf(person)).toEqual([]);
    expect((await service.post('/v1/auth/login', { email: person.email, password: person.password })).status).toBe(200);

    const app = new App(body.secret);
    expect(await confirm(person, app.wrongCode())).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/code' }] },
    });
    const code = app.code();
    expect(await confirm(person, code)).toMatchObject({ status: 200, body: { recovery_codes_left: 0 } });
    expect(await factorsOf(person)).toMatchObject([{ kind: 'totp', last_used_at: null, closed: false }]);
    expect(await changesOf(person, 'added')).toEqual(['totp']);
    await newestMail(service, person.email, 'factor_added');
    // Its first code counted.
    const mfaToken = await beginLogin(service, person);
    expect((await showFactor(service, mfaToken, 'totp', code)).status).toBe(401);
    expect((await showFactor(service, mfaToken, 'totp', app.code())).status).toBe(200);
  });

  it('raises the session that it was set up in, and no other', async () => {
    const person = await registerAndLogin(service);
    const other = await person.loginAgain();
    await setUpApp(service, person);
    const levels = await service.sql(
      'select session_id, level_until > now() as raised, amr from sessions where user_id = $1',
      [person.userId],
    );
    const byId = Object.fromEntries(levels.map(({ session_id, ...row }) => [session_id, row]));
    expect(byId[person.sessionId]).toMatchObject({ raised: true, amr: ['pwd', 'otp', 'mfa'] });
    expect(byId[other.sessionId]).toMatchObject({ raised: null });
  });

  it('that was not confirmed is replaced by the next one, and over after ten minutes', async () => {
    const person = await registerAndLogin(service);
    const first = new App((await begin(person)).body.secret);
    const second = new App((await begin(person)).body.secret);
    expect((await confirm(person, first.code())).status).toBe(400);
    service.setClockOffset(11 * 60);
    expect(await confirm(person, second.code())).toMatchObject({ status: 409 });
    service.setClockOffset(0);
    expect((await confirm(person, second.code())).status).toBe(200);
    expect(await confirm(person, second.code())).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it('goes on until the first code of the one that takes its place', async () => {
    const person = await registerAndLogin(service);
    const first = await setUpApp(service, person);
    const second = new App((await begin(person)).body.secret);
    expect((await showFactor(service, await beginLogin(service, person), 'totp', first.code())).status).toBe(200);
    expect((await confirm(person, second.code())).status).toBe(200);
    const mfaToken = await beginLogin(service, person);
    expect((await showFactor(service, mfaToken, 'totp', first.code())).status).toBe(401);
    expect((await showFactor(service, mfaToken, 'totp', second.code())).status).toBe(200);
    expect(await changesOf(person, 'added')).toEqual(['totp', 'totp']);
  });

  it('is removed, and no longer asked for', async () => {
    const person = await registerAndLogin(service);
    await setUpApp(service, person);
    expect((await remove(person)).status).toBe(204);
    expect(await factorsOf(person)).toEqual([]);
    expect(await changesOf(person, 'removed')).toEqual(['totp']);
    expect((await service.post('/v1/auth/login', { email: person.email, password: person.password })).status).toBe(200);
    expect((await remove(person)).status).toBe(204);
    expect(await changesOf(person, 'removed')).toEqual(['totp']);
  });

  it('S84: has a row from which nobody makes a code', async () => {
    const person = await registerAndLogin(service);
    const { body } = await begin(person);
    const secret = Buffer.from(Secret.fromBase32(body.secret).buffer);
    const held = async () =>
      JSON.stringify(await service.sql(`select f::text from factors f where user_id = $1`, [person.userId]));
    const forms = [secret.toString('hex'), secret.toString('base64'), secret.toString('base64url'), body.secret];
    for (const form of forms) expect(await held()).not.toContain(form);
    await confirm(person, new App(body.secret).code());
    for (const form of forms) expect(await held()).not.toContain(form);
    expect((await rowOf(person))?.new_secret).toBeNull();
  });
});

describe('recovery codes', () => {
  it('are made when there is something that they stand in for', async () => {
    const person = await registerAndLogin(service);
    expect(await newCodes(person)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    await setUpApp(service, person);
    const { status, body } = await newCodes(person);
    expect(status).toBe(201);
    expect(new Set(body.codes).size).toBe(10);
    for (const code of body.codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(await changesOf(person, 'added')).toEqual(['totp', 'recovery']);
  });

  it('void the set before, and are counted', async () => {
    const person = await registerAndLogin(service);
    await setUpApp(service, person);
    const [old] = (await newCodes(person)).body.codes;
    const [fresh] = (await newCodes(person)).body.codes;
    const mfaToken = await beginLogin(service, person);
    expect((await showFactor(service, mfaToken, 'recovery', old)).status).toBe(401);
    expect((await showFactor(service, mfaToken, 'recovery', fresh)).status).toBe(200);
    expect(await factorsOf(person)).toContainEqual(
      expect.objectContaining({ kind: 'recovery', codes_left: 9, last_used_at: expect.any(String) }),
    );
    const confirmed = await begin(person);
    expect(await confirm(person, new App(confirmed.body.secret).code())).toMatchObject({
      body: { recovery_codes_left: 9 },
    });
  });

  it('S84: are kept as MACs', async () => {
    const person = await registerAndLogin(service);
    await setUpApp(service, person);
    const { codes } = (await newCodes(person)).body;
    const held = JSON.stringify(await service.sql('select f::text from factors f where user_id = $1', [person.userId]));
    for (const code of codes) {
      for (const form of [code, code.replaceAll('-', '')]) {
        expect(held).not.toContain(form);
        expect(held).not.toContain(Buffer.from(form).toString('hex'));
      }
    }
  });

  it('open nothing alone', async () => {
    const person = await registerAndLogin(service);
    await setUpApp(service, person);
    await newCodes(person);
    await remove(person);
    // With nothing that they stand in for, nobody is asked for one.
    expect((await service.post('/v1/auth/login', { email: person.email, password: person.password })).status).toBe(200);
  });
});

describe('S85: each change of a factor', () => {
  it('asks for a person who authenticated within minutes', async () => {
    const person = await registerAndLogin(service);
    service.setClockOffset(301);
    expect(await begin(person)).toMatchObject({ ...again, body: { max_age: 300, acr_values: 'urn:identity:acr:1' } });
    service.setClockOffset(0);
  });

  it('asks for the second factor where there is one, and goes by it', async () => {
    const person = await registerAndLogin(service);
    await giveApp(service, person.userId);
    for (const change of [begin, remove, newCodes]) {
      expect(await change(person)).toMatchObject({ ...again, body: { acr_values: 'urn:identity:acr:2' } });
    }
    await raise(service, person, 301);
    for (const change of [begin, remove, newCodes]) expect(await change(person)).toMatchObject(again);
    await raise(service, person);
    for (const change of [begin, newCodes, remove]) expect((await change(person)).status).toBeLessThan(300);
  });

  it('is refused where an administrator took the factors', async () => {
    const person = await registerAndLogin(service);
    await service.sql('update users set factors_reset_at = now() where user_id = $1', [person.userId]);
    expect(await begin(person)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it('is of one’s own account alone', async () => {
    const [owner, other] = [await registerAndLogin(service), await registerAndLogin(service)];
    await giveApp(service, owner.userId);
    await setUpApp(service, other);
    await remove(other);
    expect(await rowOf(owner)).toBeDefined();
    expect(await factorsOf(other)).toEqual([]);
  });
});
