/** Refreshing at the token endpoint: the chain of the JSON door, with the rule of each client. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientWishes, newClient, type TestClient } from '../support/clients.ts';
import { type Browser, type CodeWishes, exchange, newBrowser, newCode, refresh } from '../support/grants.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
const scopes = ['openid', 'profile', 'email', 'offline_access', 'account'];
const audiences = ['https://a.example', 'https://b.example'];

beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
});
afterAll(() => service.stop());

interface Given {
  readonly client: TestClient;
  readonly browser: Browser;
  readonly token: string;
  readonly id: ReturnType<typeof decodeJwt>;
  readonly sid: string;
}

async function given(kind: 'public' | 'confidential', wishes: CodeWishes = {}, of: ClientWishes = {}): Promise<Given> {
  const client = await newClient(service, kind, { scopes, audiences, ...of });
  const browser = await newBrowser(service, person);
  const code = await newCode(service, person, client, { browser, nonce: 'n', scope: ['openid', 'email'], ...wishes });
  const { body } = await exchange(service, client, code);
  const { sid } = decodeJwt(body.access_token);
  return { client, browser, token: body.refresh_token, id: decodeJwt(body.id_token), sid: sid as string };
}
const present = (
  { client, token }: Given,
  more: Record<string, string | string[]> = {},
  headers: Record<string, string> = {},
) => refresh(service, client, token, more, headers);
const invalid = { status: 400, body: expect.objectContaining({ error: 'invalid_grant' }) };
const reasonOf = async ({ sid }: Given) => {
  const [row] = await service.sql('select revoked_reason from sessions where session_id = $1', [sid]);
  return row?.revoked_reason ?? null;
};
const later = (given: Given, token: string): Given => ({ ...given, token });

describe('a refresh', () => {
  it('gives tokens of the same person, sign-in and browser; the ID token has no nonce', async () => {
    const first = await given('public');
    const { status, body } = await present(first);
    expect([status, body.scope]).toEqual([200, 'openid email']);
    const { nonce: _, iat: __, exp: ___, ...same } = first.id;
    const { iat, exp, ...id } = decodeJwt(body.id_token);
    expect(id).toEqual(same);
    expect([typeof iat, typeof exp]).toEqual(['number', 'number']);
    expect(decodeJwt(body.access_token)).toMatchObject({ sid: first.sid, auth_time: first.id.auth_time });
  });

  it('S76: tells a client of no other sign-in than its own: no ID token once the person authenticated again', async () => {
    // oidc-client-ts, for one, refuses an ID token of a refresh with another `auth_time`.
    const first = await given('confidential', { scope: ['openid', 'account'] }, { audiences: ['huleedu-platform'] });
    const { body: before } = await present(first);
    const bearer = { authorization: `Bearer ${before.access_token}` };
    const again = await service.post('/v1/auth/reauthenticate', { password: person.password }, bearer);
    expect([again.status, 'id_token' in before]).toEqual([200, true]);
    const { status, body } = await present(first);
    expect([status, 'id_token' in body]).toEqual([200, false]);
    expect(decodeJwt(body.access_token).auth_time).toBe(decodeJwt(again.body.access_token).auth_time);
  });

  it('may ask for less, each time anew, and never for more (S76)', async () => {
    const narrow = await given('confidential', { resource: audiences });
    const ask = async (more: Record<string, string | string[]>) => {
      const { body } = await present(narrow, more);
      if (body.error) return body.error;
      const { scope, aud } = decodeJwt(body.access_token);
      return { scope, aud, said: body.scope, id: 'id_token' in body };
    };
    const all = { scope: 'openid email', said: 'openid email', aud: audiences, id: true };
    expect(await ask({ scope: 'email' })).toEqual({ ...all, scope: 'email', said: 'email', id: false });
    expect(await ask({ resource: 'https://b.example' })).toEqual({ ...all, aud: 'https://b.example' });
    expect(await ask({ scope: 'openid account' })).toBe('invalid_scope');
    expect(await ask({ scope: 'admin' })).toBe('invalid_scope');
    expect(await ask({ resource: [...audiences, 'https://c.example'] })).toBe('invalid_target');
    expect(await ask({})).toEqual(all);
  });

  it('S76: no longer has the audience that the client has lost', async () => {
    const both = await given('confidential', { resource: audiences });
    const leave = (left: string) =>
      service.sql('update clients set audiences = array[$2] where client_id = $1', [both.client.clientId, left]);
    await leave('https://b.example');
    expect(decodeJwt((await present(both)).body.access_token).aud).toBe('https://b.example');
    expect((await present(both, { resource: 'https://a.example' })).body.error).toBe('invalid_target');
    await leave('https://c.example');
    expect((await present(both)).body.error).toBe('invalid_target');
  });

  it('S76: works for its client alone, at the token endpoint alone', async () => {
    const own = await given('public');
    const other = await newClient(service, 'public', { scopes });
    expect(await refresh(service, other, own.token)).toMatchObject(invalid);
    const atJsonDoor = await service.post('/v1/auth/refresh', { refresh_token: own.token });
    expect(atJsonDoor).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_INVALID' } });
    const ofJsonDoor = (await person.loginAgain()).refreshToken;
    expect(await refresh(service, own.client, ofJsonDoor)).toMatchObject(invalid);
    // Nor does it end there what only its client may give back.
    expect(await service.post('/v1/auth/logout', { refresh_token: own.token })).toMatchObject({ status: 204 });
    expect(await service.post('/v1/auth/revoke', { token: own.token })).toMatchObject({ status: 200 });
    expect(await present(own)).toMatchObject({ status: 200 });
  });

  it('is no activity of the browser, and ends with it unless it is offline', async () => {
    const [online, offline] = [await given('public'), await given('public', { scope: ['openid', 'offline_access'] })];
    const seen = 'select last_seen_at, idle_expires_at from sessions where session_id = $1';
    const before = await service.sql(seen, [online.browser.sessionId]);
    const next = (await present(online)).body.refresh_token;
    expect(await service.sql(seen, [online.browser.sessionId])).toEqual(before);
    for (const { browser } of [online, offline]) {
      await service.sql("update sessions set idle_expires_at = now() - interval '1 second' where session_id = $1", [
        browser.sessionId,
      ]);
    }
    expect(await present(later(online, next))).toMatchObject(invalid);
    expect(await present(offline)).toMatchObject({ status: 200 });
  });

  it('ends with the password, and with its client', async () => {
    const offline = await given('confidential', { scope: ['openid', 'offline_access'] });
    await service.sql('update users set password_epoch = password_epoch + 1 where user_id = $1', [person.userId]);
    expect(await present(offline)).toMatchObject(invalid);
    await service.sql('update users set password_epoch = password_epoch - 1 where user_id = $1', [person.userId]);
    expect(await present(offline)).toMatchObject({ status: 200 });
    await service.sql("update clients set grants = '{authorization_code}' where client_id = $1", [
      offline.client.clientId,
    ]);
    // The client in memory still has the grant.
    expect(await present(offline)).toMatchObject(invalid);
  });
});

describe('S18: a public client’s token', () => {
  it('is none that stays, from the time when the client showed who it is', async () => {
    const before = await given('confidential');
    const becomes = (...[kind, authentication]: string[]) =>
      service.sql('update clients set kind = $2, authentication = $3 where client_id = $1', [
        before.client.clientId,
        kind,
        authentication,
      ]);
    await becomes('public', 'none');
    // The client in memory still has its secret.
    expect(await present(before)).toMatchObject(invalid);
    await becomes('confidential', 'client_secret');
    expect(await present(before)).toMatchObject({ status: 200 });
  });

  it('rotates; the one before gives the same successor for a moment, and from elsewhere ends the session', async () => {
    const first = await given('public');
    const next = (await present(first)).body.refresh_token;
    expect(next).not.toBe(first.token);
    expect((await present(first)).body.refresh_token).toBe(next);
    expect(await present(first, {}, { 'user-agent': 'curl' })).toMatchObject(invalid);
    expect(await reasonOf(first)).toBe('reuse_detected');
    expect(await present(later(first, next))).toMatchObject(invalid);
  });
});

describe('a confidential client’s token', () => {
  it('stays, however often and from wherever it is used', async () => {
    const kept = await given('confidential');
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((agent) => present(kept, {}, { 'user-agent': agent })),
    );
    expect(answers.map(({ status, body }) => [status, body.refresh_token])).toEqual(
      Array.from({ length: 3 }, () => [200, kept.token]),
    );
    const [row] = await service.sql('select generation, replay_count from sessions where session_id = $1', [kept.sid]);
    expect(row).toEqual({ generation: 0, replay_count: 0 });
  });

  it('that overlaps gives the same successor until that is first used, from any of its servers', async () => {
    const first = await given('confidential', {}, { refresh: 'overlaps' });
    const next = (await present(first)).body.refresh_token;
    await service.sql("update sessions set rotated_at = now() - interval '1 hour' where session_id = $1", [first.sid]);
    expect((await present(first, {}, { 'user-agent': 'another server' })).body.refresh_token).toBe(next);
    expect((await present(later(first, next))).status).toBe(200);
    expect(await present(first)).toMatchObject(invalid);
    expect(await reasonOf(first)).toBe('reuse_detected');
  });
});

it('S68: a token that stays is answered 60 times a minute', async () => {
  const limited = await sharedService({ rateLimiting: 'on' });
  service = limited;
  person = await registerAndLogin(limited);
  const kept = await given('confidential');
  await limited.sql(
    `update sessions set replays = array(select now() from generate_series(1, 60)) where session_id = $1`,
    [kept.sid],
  );
  const { status, headers, body } = await present(kept);
  expect([status, body.error]).toEqual([429, 'temporarily_unavailable']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});
