import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOOPBACK } from '../support/loopback.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

let service: Service;
let person: Person;

beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  person = await registerAndLogin(service);
});

const form = { 'content-type': 'application/x-www-form-urlencoded' };

const refresh = (token: string, more: object = {}) =>
  service.post('/v1/auth/refresh', { refresh_token: token, ...more });
const me = (accessToken: string) => service.get('/v1/auth/me', { authorization: `Bearer ${accessToken}` });
const introspect = (token: string) => service.post('/v1/auth/introspect', { token }, service.iamHeaders);
const revocations = async () =>
  (await service.outbox('huleedu.identity.session.revoked.v1')).filter(({ user_id }) => user_id === person.userId);

describe('ending sessions', () => {
  const endings = {
    logout: () => service.post('/v1/auth/logout', { refresh_token: person.refreshToken }),
    'revoke with the refresh token': () => service.post('/v1/auth/revoke', { token: person.refreshToken }),
    'revoke with the access token': () => service.post('/v1/auth/revoke', { token: person.accessToken }),
    'sessions/revoke': () => service.post('/v1/auth/sessions/revoke', { session_id: person.sessionId }, person.bearer),
    'sessions/revoke-all': () => service.post('/v1/auth/sessions/revoke-all', { keep_current: false }, person.bearer),
  };

  it.each(Object.entries(endings))('S22: %s: refresh is dead and introspection inactive at once', async (_, end) => {
    expect((await introspect(person.refreshToken)).body.active).toBe(true);
    expect((await introspect(person.accessToken)).body.active).toBe(true);
    expect((await end()).status).toBeLessThan(300);
    expect((await refresh(person.refreshToken)).body.code).toBe('REFRESH_TOKEN_INVALID');
    expect((await introspect(person.refreshToken)).body).toEqual({ active: false });
    expect((await introspect(person.accessToken)).body).toEqual({ active: false });
    expect((await me(person.accessToken)).status).toBe(401);
    expect(await revocations()).toHaveLength(1);
  });

  it('logout answers 204 for a token that has ended already, and for garbage', async () => {
    for (const token of [person.refreshToken, person.refreshToken, 'garbage']) {
      expect((await service.post('/v1/auth/logout', { refresh_token: token })).status).toBe(204);
    }
    expect(await revocations()).toHaveLength(1);
  });

  it('RFC 7009: revoke takes a form, and answers 200 to an unknown token', async () => {
    const revoke = (fields: Record<string, string>) =>
      service.send('POST', '/v1/auth/revoke', new URLSearchParams(fields).toString(), form);
    expect((await revoke({ token: 'garbage', token_type_hint: 'access_token' })).status).toBe(200);
    expect((await revoke({ token: person.refreshToken })).status).toBe(200);
    expect((await refresh(person.refreshToken)).status).toBe(401);
  });

  it('S6: changing the password needs the current one, ends the other sessions and keeps the caller’s', async () => {
    const other = await person.loginAgain();
    const change = (current: string) =>
      service.post(
        '/v1/auth/change-password',
        { current_password: current, new_password: 'another fine long password' },
        person.bearer,
      );
    expect((await change('not the password at all')).body.code).toBe('INVALID_CREDENTIALS');
    expect((await change(person.password)).status).toBe(204);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await refresh(person.refreshToken)).status).toBe(200);
    expect(await revocations()).toEqual([
      expect.objectContaining({ session_id: other.sessionId, reason: 'password_change' }),
    ]);
    const login = (password: string) => service.post('/v1/auth/login', { email: person.email, password });
    expect((await login(person.password)).status).toBe(401);
    expect((await login('another fine long password')).status).toBe(200);
  });

  it('S10: guesses at the current password lock the account as guesses at login do', async () => {
    const guess = (current: string) =>
      service.post(
        '/v1/auth/change-password',
        { current_password: current, new_password: 'another fine long password' },
        person.bearer,
      );
    for (let tries = 0; tries < 5; tries++) await guess('not the password at all');
    const locked = await guess(person.password);
    expect([locked.status, locked.body.code]).toEqual([429, 'ACCOUNT_LOCKED']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
  });

  it('two password changes at once: one succeeds', async () => {
    const answers = await Promise.all(
      ['a first new long password', 'a second new long password'].map((new_password) =>
        service.post('/v1/auth/change-password', { current_password: person.password, new_password }, person.bearer),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
  });
});

describe('listing sessions', () => {
  it('shows device, browser, address and times, the newest first, and marks the caller’s', async () => {
    service.setClockOffset(60);
    const second = await person.loginAgain({ device_name: 'Maria’s phone' }, { 'user-agent': 'Phone/1.0' });
    const { status, body } = await service.get('/v1/auth/sessions', person.bearer);
    expect(status).toBe(200);
    expect(body.sessions).toHaveLength(2);
    expect(body.sessions[0]).toMatchObject({
      session_id: second.sessionId,
      device_name: 'Maria’s phone',
      user_agent: 'Phone/1.0',
      ip_address: expect.stringMatching(LOOPBACK),
      current: false,
    });
    expect(body.sessions[1]).toMatchObject({ session_id: person.sessionId, current: true });
    const { created_at, expires_at } = body.sessions[0];
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(30 * DAY * 1000);
  });

  it('record use at most once a minute', async () => {
    const lastSeen = async () => (await service.get('/v1/auth/sessions', person.bearer)).body.sessions[0].last_seen_at;
    const opened = await lastSeen();
    service.setClockOffset(30);
    await me(person.accessToken);
    expect(await lastSeen()).toBe(opened);
    service.setClockOffset(90);
    await me(person.accessToken);
    expect(Date.parse(await lastSeen()) - Date.parse(opened)).toBeGreaterThan(60_000);
  });

  it('S24: another person’s session is not found, like an unknown one, and continues', async () => {
    const other = await registerAndLogin(service);
    const revoke = (session_id: string) => service.post('/v1/auth/sessions/revoke', { session_id }, person.bearer);
    const [foreign, unknown] = [await revoke(other.sessionId), await revoke('019a0000-0000-7000-8000-000000000000')];
    expect(foreign.status).toBe(404);
    const { correlation_id: _, ...problem } = foreign.body;
    expect(unknown.body).toMatchObject(problem);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  it('revoke-all can keep the caller’s', async () => {
    await person.loginAgain();
    await person.loginAgain();
    const { body } = await service.post('/v1/auth/sessions/revoke-all', { keep_current: true }, person.bearer);
    expect(body).toEqual({ revoked: 2 });
    expect((await refresh(person.refreshToken)).status).toBe(200);
  });
});

describe('introspection', () => {
  it('RFC 7662: describes an access token and a refresh token', async () => {
    const access = await introspect(person.accessToken);
    expect(access.body).toMatchObject({
      active: true,
      sub: person.userId,
      sid: person.sessionId,
      aud: 'huleedu-platform',
      iss: service.url,
      token_type: 'Bearer',
      roles: [],
      org_id: null,
    });
    const body = new URLSearchParams({ token: person.refreshToken }).toString();
    const answer = await service.send('POST', '/v1/auth/introspect', body, { ...service.iamHeaders, ...form });
    expect(answer.body).toMatchObject({ active: true, sub: person.userId, token_type: 'refresh_token' });
  });

  it.each(['garbage', 'a.b.c'])('reveals nothing for %s', async (token) => {
    expect((await introspect(token)).body).toEqual({ active: false });
  });

  it('S41: unsigned requests are refused by the gateway', async () => {
    const { status } = await service.post('/v1/auth/introspect', { token: person.accessToken });
    expect(status).toBe(403);
  });
});

describe('one’s own account', () => {
  it('PUT changes what is sent, clears what is null, and leaves the rest', async () => {
    const put = (body: object) =>
      service.send('PUT', '/v1/auth/me', JSON.stringify(body), {
        ...person.bearer,
        'content-type': 'application/json',
      });
    const named = await put({
      person_name: { first_name: 'Maria', last_name: 'Lind' },
      display_name: 'M',
      locale: 'sv-SE',
    });
    expect(named.body).toMatchObject({
      person_name: { first_name: 'Maria', last_name: 'Lind' },
      display_name: 'M',
      locale: 'sv-SE',
    });
    const cleared = await put({ display_name: null });
    expect(cleared.body).toMatchObject({ display_name: null, locale: 'sv-SE', person_name: { first_name: 'Maria' } });
    expect((await me(person.accessToken)).body).toEqual(cleared.body);
  });

  it('has a legal name beside the usual one, if there is one', async () => {
    const usual = { first_name: 'Maria', last_name: 'Lind' };
    const whole = { ...usual, legal_full_name: 'Maria Elisabeth Lind' };
    const named = await registerAndLogin(service, { person_name: whole });
    expect((await me(named.accessToken)).body.person_name).toEqual(whole);
    const put = async (person_name: object) =>
      (await service.put('/v1/auth/me', { person_name }, named.bearer)).body.person_name;
    expect(await put({ ...usual, first_name: 'Maja' })).toEqual({ ...whole, first_name: 'Maja' });
    expect(await put({ ...usual, legal_full_name: null })).toEqual(usual);
    expect(await put(whole)).toEqual(whole);
  });
});
