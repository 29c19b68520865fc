import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const refresh = (token: string, more: object = {}) =>
  service.post('/v1/auth/refresh', { refresh_token: token, ...more });
const me = (accessToken: string) => service.get('/v1/auth/me', { authorization: `Bearer ${accessToken}` });
const revocations = async () =>
  (await service.outbox('huleedu.identity.session.revoked.v1')).filter(({ user_id }) => user_id === person.userId);

describe('refreshing', () => {
  it('S18: rotates the refresh token each time, and the new pair works', async () => {
    let token = person.refreshToken;
    const seen = new Set([token]);
    for (let round = 0; round < 3; round++) {
      const answer = await refresh(token);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 900, session_id: person.sessionId });
      expect((await me(answer.body.access_token)).status).toBe(200);
      token = answer.body.refresh_token;
      expect(seen.has(token)).toBe(false);
      seen.add(token);
    }
  });

  it('S18: returns the same successor for the same token within ten seconds', async () => {
    const first = await refresh(person.refreshToken);
    service.setClockOffset(9);
    const again = await refresh(person.refreshToken);
    expect(again.status).toBe(200);
    expect(again.body.refresh_token).toBe(first.body.refresh_token);
    expect((await refresh(again.body.refresh_token)).status).toBe(200);
    expect(await revocations()).toEqual([]);
  });

  it('S18: treats a later use as theft: the session ends for both, and the event says reuse_detected', async () => {
    const { body } = await refresh(person.refreshToken);
    service.setClockOffset(12);
    const thief = await refresh(person.refreshToken);
    expect(thief.status).toBe(401);
    expect(thief.body.code).toBe('REFRESH_TOKEN_REUSED');
    const owner = await refresh(body.refresh_token);
    expect(owner.status).toBe(401);
    expect(owner.body.code).toBe('REFRESH_TOKEN_INVALID');
    expect(await revocations()).toEqual([
      expect.objectContaining({ session_id: person.sessionId, reason: 'reuse_detected' }),
    ]);
    expect(await service.audit(person.userId)).toContainEqual(
      expect.objectContaining({
        action: 'session.revoked',
        detail: expect.objectContaining({ reason: 'reuse_detected' }),
      }),
    );
  });

  it('S18: treats a token two generations old as theft, even within the grace', async () => {
    const second = await refresh(person.refreshToken);
    await refresh(second.body.refresh_token);
    expect((await refresh(person.refreshToken)).body.code).toBe('REFRESH_TOKEN_REUSED');
  });

  it('S19: 50 at once with one token all succeed, with one successor and one live session', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(person.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const tokens = new Set(answers.map(({ body }) => body.refresh_token));
    expect(tokens.size).toBe(1);
    const [token = ''] = tokens;
    expect((await refresh(token)).status).toBe(200);
    const { body } = await service.get('/v1/auth/sessions', { authorization: `Bearer ${person.accessToken}` });
    expect(body.sessions).toHaveLength(1);
  });

  it('S20: refuses garbage and changed tokens, and revokes nothing', async () => {
    const token = person.refreshToken;
    const changed = [...Array(20).keys()].map((index) => {
      const at = Math.floor((index / 20) * token.length);
      return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    });
    for (const garbage of ['x', 'AAAA', token.slice(1), `${token}A`, ...changed]) {
      const { status, body } = await refresh(garbage);
      expect([status, body.code]).toEqual([401, 'REFRESH_TOKEN_INVALID']);
    }
    expect((await refresh(token)).status).toBe(200);
  });

  it('S14: accepts no access token as a refresh token, nor the reverse', async () => {
    expect((await refresh(person.accessToken)).body.code).toBe('REFRESH_TOKEN_INVALID');
    expect((await me(person.refreshToken)).body.code).toBe('TOKEN_INVALID');
  });

  it('S25: a session ends after 30 days without use', async () => {
    service.setClockOffset(30 * DAY - MINUTE);
    const { status, body } = await refresh(person.refreshToken);
    expect(status).toBe(200);
    service.setClockOffset(60 * DAY);
    expect((await refresh(body.refresh_token)).body.code).toBe('REFRESH_TOKEN_EXPIRED');
  });

  it('S25: a session ends after 90 days in all, however much it is used', async () => {
    let token = person.refreshToken;
    for (const day of [25, 50, 75, 89]) {
      service.setClockOffset(day * DAY);
      const { status, body } = await refresh(token);
      expect(status, `day ${day}`).toBe(200);
      token = body.refresh_token;
    }
    service.setClockOffset(90 * DAY + MINUTE);
    expect((await refresh(token)).body.code).toBe('REFRESH_TOKEN_EXPIRED');
  });

  it('refuses an organisation that is not the person’s, and leaves the token as it was', async () => {
    const answer = await refresh(person.refreshToken, { org_id: '019a0000-0000-7000-8000-000000000000' });
    expect([answer.status, answer.body.code]).toEqual([404, 'RESOURCE_NOT_FOUND']);
    expect((await refresh(person.refreshToken)).status).toBe(200);
  });

  it('S21: leaves no refresh token in the database or in a log line', async () => {
    const { body } = await refresh(person.refreshToken);
    const logs = service.logs().map(({ line }) => line);
    const everything = `${await service.dump()}\n${logs.join('\n')}`;
    expect(everything).toContain(person.sessionId);
    for (const token of [person.refreshToken, body.refresh_token, person.accessToken, body.access_token]) {
      expect(everything.includes(token)).toBe(false);
      expect(everything.includes(Buffer.from(token, 'base64url').toString('hex'))).toBe(false);
    }
  });
});
