/** Guesses at second factors: five in five minutes, twenty a day, a hundred in a row (S83). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { type App, beginLogin, giveApp, giveRecoveryCodes, showFactor } from '../support/factors.ts';
import { exchange, newBrowser, newCode } from '../support/grants.ts';
import { raise } from '../support/levels.ts';
import { mailedToken, mailTo, newestMail } from '../support/mailbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const wrong = { status: 401, body: { code: 'INVALID_CREDENTIALS' } };

describe('S83: tries of a factor', () => {
  let service: Service;
  let ahead = 0;
  const pass = (seconds: number) => {
    ahead += seconds;
    service.setClockOffset(ahead);
  };
  beforeAll(async () => {
    // Without those of logins, which would refuse first.
    const rateLimits = {
      loginPerAddress: { limit: 1_000 },
      loginPerIp: { limit: 1_000 },
      loginPerDevice: { limit: 1_000 },
    };
    service = await sharedService({ rateLimiting: 'on', rateLimits });
  });
  afterAll(() => service.stop());

  const withApp = async () => {
    const person = await registerAndLogin(service);
    return { person, app: await giveApp(service, person.userId, () => ahead) };
  };
  const guess = async (person: Person, app: App, more: object = {}) =>
    showFactor(service, await beginLogin(service, person, more), 'totp', app.wrongCode());

  it('and of the password are counted together for the clients of an account, which has as many sessions as it likes', async () => {
    // Before the clock is moved: grants are rows of this moment.
    const { person, app } = await withApp();
    const client = await newClient(service, 'public', {
      scopes: ['openid', 'account'],
      audiences: ['huleedu-platform'],
    });
    const browser = await newBrowser(service, person);
    const guessAsClient = async (shown: object) => {
      const code = await newCode(service, person, client, { browser, scope: ['openid', 'account'] });
      const { body } = await exchange(service, client, code);
      const authorization = `Bearer ${body.access_token}`;
      const answer = await service.post('/v1/auth/reauthenticate', shown, { authorization });
      return answer.body.code;
    };
    const guesses = async (shown: object) => {
      const answers: string[] = [];
      for (let n = 0; n < 6; n++) answers.push(await guessAsClient(shown));
      return answers;
    };
    const fiveAreCompared = [...Array(5).fill('INVALID_CREDENTIALS'), 'RATE_LIMITED'];
    expect(await guesses({ code: app.wrongCode() })).toEqual(fiveAreCompared);
    expect(await guesses({ password: 'a wrong one' })).toEqual(fiveAreCompared);
    // The owner's own session goes on.
    expect((await service.post('/v1/auth/reauthenticate', { code: app.code() }, person.bearer)).status).toBe(200);
  });

  it('are five in five minutes, also at once; then even the right code is refused', async () => {
    const { person, app } = await withApp();
    const mfaToken = await beginLogin(service, person);
    const tries = Array.from({ length: 20 }, () => showFactor(service, mfaToken, 'totp', app.wrongCode()));
    const answers = await Promise.all(tries);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    const refused = await showFactor(service, mfaToken, 'totp', app.code());
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, '"factorGuess";q=5;w=300']);
    pass(301);
    expect((await showFactor(service, mfaToken, 'totp', app.code())).status).toBe(200);
  });

  it('are twenty a day', async () => {
    const { person, app } = await withApp();
    for (let five = 0; five < 4; five++) {
      for (let n = 0; n < 5; n++) expect(await guess(person, app)).toMatchObject(wrong);
      pass(301);
    }
    const refused = await guess(person, app);
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, '"factorGuessDaily";q=20;w=86400']);
  });

  it('are counted for each factor, and for a known device, apart', async () => {
    const { person, app } = await withApp();
    const [code = ''] = await giveRecoveryCodes(service, person.userId);
    const opened = await showFactor(service, await beginLogin(service, person), 'totp', app.code());
    for (let n = 0; n < 4; n++) await guess(person, app);
    expect((await guess(person, app)).status).toBe(429);
    const known = { device_token: opened.body.device_token };
    expect((await showFactor(service, await beginLogin(service, person, known), 'totp', app.code())).status).toBe(200);
    expect((await showFactor(service, await beginLogin(service, person), 'recovery', code)).status).toBe(200);
  });
});

describe('S83: a hundred wrong codes in a row', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(() => service.stop());

  it('close the factor and no other, which is mailed once; the password is asked for its code all the same', async () => {
    const person = await registerAndLogin(service);
    const verification = await mailedToken(service, person.email, 'verify_email');
    await service.post('/v1/auth/verify-email', { token: verification });
    const app = await giveApp(service, person.userId);
    const [code = '', another = ''] = await giveRecoveryCodes(service, person.userId);
    const mfaToken = await beginLogin(service, person);
    await service.sql("update factors set misses = 98 where user_id = $1 and kind = 'totp'", [person.userId]);
    expect(await showFactor(service, mfaToken, 'totp', app.wrongCode())).toMatchObject(wrong);
    // The hundredth, and those after it.
    for (let n = 0; n < 3; n++)
      expect(await showFactor(service, mfaToken, 'totp', app.wrongCode())).toMatchObject(wrong);
    expect(await showFactor(service, mfaToken, 'totp', app.code())).toMatchObject(wrong);
    await newestMail(service, person.email, 'factor_closed');
    const closings = mailTo(service, person.email).filter(({ Tags }) =>
      Tags?.some(({ Value }) => Value === 'factor_closed'),
    );
    expect(closings).toHaveLength(1);

    const { status, body } = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    expect([status, body.methods]).toEqual([403, ['totp', 'recovery']]);
    expect((await showFactor(service, body.mfa_token, 'recovery', code)).status).toBe(200);
    await raise(service, person);
    const { factors } = (await service.get('/v1/auth/factors', person.bearer)).body;
    expect(factors).toContainEqual(expect.objectContaining({ kind: 'totp', closed: true }));

    // Whoever guessed had the password.
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const token = await mailedToken(service, person.email, 'reset_password');
    const password = 'another horse battery staple';
    expect((await service.post('/v1/auth/reset-password', { token, new_password: password })).status).toBe(200);
    const again = { email: person.email, password };
    expect((await showFactor(service, await beginLogin(service, again), 'totp', app.code())).status).toBe(200);
    expect(await showFactor(service, await beginLogin(service, again), 'recovery', another)).toMatchObject({
      status: 200,
    });
  });

  it('are none where a right one came between', async () => {
    const person = await registerAndLogin(service);
    const app = await giveApp(service, person.userId);
    await service.sql('update factors set misses = 99 where user_id = $1', [person.userId]);
    expect((await showFactor(service, await beginLogin(service, person), 'totp', app.code())).status).toBe(200);
    expect(await showFactor(service, await beginLogin(service, person), 'totp', app.wrongCode())).toMatchObject(wrong);
    expect((await showFactor(service, await beginLogin(service, person), 'totp', app.code())).status).toBe(200);
  });

  it('keep no factor of a squatter from going when the owner of the address claims the account', async () => {
    const person = await registerAndLogin(service);
    await giveApp(service, person.userId);
    await service.sql('update factors set closed_at = now() where user_id = $1', [person.userId]);
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const token = await mailedToken(service, person.email, 'reset_password');
    await service.post('/v1/auth/reset-password', { token, new_password: 'another horse battery staple' });
    expect(await service.sql('select from factors where user_id = $1', [person.userId])).toEqual([]);
  });
});
