/** The list of sessions, ending the others, and giving the password again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf, newOrganization, refreshed } from '../support/organizations.ts';
import { type Person, registerAndLogin, type Tokens } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

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

interface Listed {
  readonly session_id: string;
  readonly current: boolean;
}
const refresh = (token: string, headers = {}) => service.post('/v1/auth/refresh', { refresh_token: token }, headers);
const list = async (query = '') => (await service.get(`/v1/auth/sessions${query}`, person.bearer)).body;
const addSessions = (count: number) =>
  service.sql(
    `insert into sessions (session_id, user_id, password_epoch, ip_address, current_hash, rotated_at,
      created_at, last_seen_at, idle_expires_at, expires_at)
    select uuidv7(make_interval(secs => n)), $1, 0, '192.0.2.1', '', now(), now() + make_interval(secs => n), now(),
      now() + interval '1 day', now() + interval '1 day'
    from generate_series(1, $2::integer) as n`,
    [person.userId, count],
  );

describe('the list of sessions', () => {
  it('cuts nothing: it counts all, continues by its cursor, and has each once', async () => {
    await addSessions(250);
    const seen: Listed[] = [];
    let pages = 0;
    let query = '?limit=100';
    for (;;) {
      const body = await list(query);
      expect(body.total_count).toBe(251);
      seen.push(...body.sessions);
      pages++;
      if (body.next_cursor === null) break;
      query = `?limit=100&cursor=${body.next_cursor}`;
    }
    expect(pages).toBe(3);
    expect(seen).toHaveLength(251);
    expect(new Set(seen.map(({ session_id }) => session_id)).size).toBe(251);
  });

  it('has the caller’s session only on the first page, however many are newer', async () => {
    await addSessions(120);
    const first = await list('?limit=1');
    expect(first.sessions.map(({ current }: Listed) => current)).toEqual([false, true]);
    const pages = [await list(), await list(`?cursor=${(await list()).next_cursor}`)];
    expect(pages.map(({ sessions }) => sessions.filter(({ current }: Listed) => current).length)).toEqual([1, 0]);
    expect(pages[0].sessions).toHaveLength(51);
  });

  it('marks a cut user agent as cut', async () => {
    const { bearer } = await person.loginAgain({}, { 'user-agent': 'x'.repeat(600) });
    const { body } = await service.get('/v1/auth/sessions', bearer);
    const { user_agent } = body.sessions.find(({ current }: Listed) => current);
    expect([...user_agent]).toHaveLength(500);
    expect(user_agent.endsWith('…')).toBe(true);
  });

  it('S24: reveals nothing for a cursor that names another person’s session', async () => {
    const other = await registerAndLogin(service);
    const made = Buffer.from(other.sessionId.replaceAll('-', ''), 'hex').toString('base64url');
    const { sessions } = await list(`?cursor=${made}`);
    expect(sessions.map(({ session_id }: Listed) => session_id)).not.toContain(other.sessionId);
    expect((await list('?cursor=nonsense')).code).toBe('VALIDATION_ERROR');
  });
});

describe('revoke-all', () => {
  const revokeAll = (body?: object) => service.post('/v1/auth/sessions/revoke-all', body, person.bearer);

  it('keeps the caller’s session by default', async () => {
    const other = await person.loginAgain();
    expect((await revokeAll({})).body).toEqual({ revoked: 1 });
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await refresh(person.refreshToken)).status).toBe(200);
  });

  it('S22: also ends it on request', async () => {
    expect((await revokeAll({ keep_current: false })).body).toEqual({ revoked: 1 });
    expect((await refresh(person.refreshToken)).status).toBe(401);
  });
});

describe('S85: giving the password again', () => {
  const reauthenticate = (password: string, { bearer } = person as Tokens) =>
    service.post('/v1/auth/reauthenticate', { password }, bearer);

  it('raises the session’s auth_time, which refreshing copies and does not renew', async () => {
    const signedIn = claimsOf(person).auth_time;
    service.setClockOffset(1000);
    const before = await refreshed(service, person);
    expect(claimsOf(before).auth_time).toBe(signedIn);
    const { status, body } = await reauthenticate(person.password, before);
    expect(status).toBe(200);
    const raised = claimsOf({ accessToken: body.access_token });
    expect(raised).toMatchObject({ sid: person.sessionId, sub: person.userId, auth_time: raised.iat });
    expect(raised.auth_time - signedIn).toBeGreaterThanOrEqual(999);
    service.setClockOffset(2000);
    expect(claimsOf(await refreshed(service, before)).auth_time).toBe(raised.auth_time);
    expect((await service.audit(person.userId)).at(-1)).toMatchObject({ action: 'session.reauthenticated' });
  });

  it('keeps the session’s organisation and roles', async () => {
    const org = await newOrganization(service, person);
    await refreshed(service, person, org);
    const { body } = await reauthenticate(person.password);
    expect(claimsOf({ accessToken: body.access_token })).toMatchObject({ org_id: org, roles: ['owner'] });
  });

  it('S10: counts guesses as login does, and is refused while the address is locked', async () => {
    for (let tries = 0; tries < 5; tries++) {
      expect((await reauthenticate('not the password at all')).body.code).toBe('INVALID_CREDENTIALS');
    }
    expect((await reauthenticate(person.password)).body.code).toBe('ACCOUNT_LOCKED');
  });

  it('S22: opens nothing for an ended session', async () => {
    await service.post('/v1/auth/logout', { refresh_token: person.refreshToken });
    expect((await reauthenticate(person.password)).body.code).toBe('TOKEN_INVALID');
  });
});

describe('S6: a thief who has the kept session’s refresh token when the password changes', () => {
  const change = (more: object = {}) => {
    const request = { current_password: person.password, new_password: 'another fine long password', ...more };
    return service.post('/v1/auth/change-password', request, person.bearer);
  };

  it('is refused, and ends nothing, if the client asked for new tokens', async () => {
    const old = await refreshed(service, person);
    const { status, body } = await change({ renew_tokens: true });
    expect(status).toBe(200);
    for (const token of [person.refreshToken, old.refreshToken]) {
      expect((await refresh(token)).body.code).toBe('REFRESH_TOKEN_INVALID');
    }
    const next = await refresh(body.refresh_token);
    expect(next.status).toBe(200);
    expect((await refresh(body.refresh_token)).body.refresh_token).toBe(next.body.refresh_token);
    expect(claimsOf({ accessToken: next.body.access_token }).sid).toBe(person.sessionId);
  });

  it('is detected at the second use, even in step with the owner, if the client kept its token', async () => {
    expect((await change()).status).toBe(204);
    const thief = await refresh(person.refreshToken);
    expect(thief.status).toBe(200);
    expect((await refresh(person.refreshToken)).body.code).toBe('REFRESH_TOKEN_REUSED');
    expect((await refresh(thief.body.refresh_token)).status).toBe(401);
  });

  it('costs a client that kept its token nothing: it refreshes, and then has its grace again', async () => {
    await change();
    const next = await refresh(person.refreshToken);
    service.setClockOffset(900);
    const after = await refresh(next.body.refresh_token);
    expect((await refresh(next.body.refresh_token)).body.refresh_token).toBe(after.body.refresh_token);
  });

  it('changes nothing with a wrong password, with new tokens or without', async () => {
    const { body } = await change({ renew_tokens: true, current_password: 'not the password at all' });
    expect(body.code).toBe('INVALID_CREDENTIALS');
    expect((await refresh(person.refreshToken)).status).toBe(200);
  });
});
