/** What is stored about a session's refreshes, and how often a session may refresh (S68, S70). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOOPBACK } from '../support/loopback.ts';
import { claimsOf, join, memberPath, newOrganization } from '../support/organizations.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
let person: Person;

beforeAll(async () => {
  const many = { limit: 10_000, windowSeconds: 3600 };
  service = await startService({
    settings: { rateLimiting: 'on', rateLimits: { registerPerIp: many, loginPerIp: many, mailPerAddress: many } },
  });
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  person = await registerAndLogin(service);
});

const refresh = (token: string, more: object = {}, headers = {}) =>
  service.post('/v1/auth/refresh', { refresh_token: token, ...more }, headers);
const replays = async () =>
  (await service.audit(person.userId)).filter(({ action }) => action === 'session.refresh_replayed');
const measured = (metric: string) => service.logs().filter(({ line }) => line.includes(`"${metric}":1`)).length;

describe('a superseded token within the grace', () => {
  it('S70: is audited once a rotation, counted and measured', async () => {
    const before = measured('RefreshTokensReplayed');
    const first = await refresh(person.refreshToken);
    for (let tab = 0; tab < 3; tab++) expect((await refresh(person.refreshToken)).status).toBe(200);
    expect(await replays()).toEqual([
      expect.objectContaining({
        ip_address: expect.stringMatching(LOOPBACK),
        detail: { session_id: person.sessionId, generation: 1, replays: 1 },
      }),
    ]);
    expect(measured('RefreshTokensReplayed') - before).toBe(3);

    service.setClockOffset(900);
    await refresh(first.body.refresh_token);
    await refresh(first.body.refresh_token);
    const [, second] = await replays();
    expect(second?.detail).toEqual({ session_id: person.sessionId, generation: 2, replays: 4 });
  });

  it('S70: is reuse if it comes from another user agent than the rotation', async () => {
    const before = measured('RefreshTokensReused');
    const owner = await refresh(person.refreshToken, {}, { 'user-agent': 'Browser/1.0' });
    const thief = await refresh(person.refreshToken, {}, { 'user-agent': 'curl/8' });
    expect([thief.status, thief.body.code]).toEqual([401, 'REFRESH_TOKEN_REUSED']);
    expect((await refresh(owner.body.refresh_token)).body.code).toBe('REFRESH_TOKEN_INVALID');
    const revoked = await service.outbox('huleedu.identity.session.revoked.v1');
    expect(revoked.filter(({ session_id }) => session_id === person.sessionId)).toMatchObject([
      { reason: 'reuse_detected' },
    ]);
    expect(measured('RefreshTokensReused') - before).toBe(1);
  });

  it('S70: the row stores no user agent for it, only a hash', async () => {
    await refresh(person.refreshToken, {}, { 'user-agent': 'Seldom/7.0' });
    expect(await service.dump()).not.toContain('Seldom/7.0');
  });
});

describe('the organisation that a replay asks for', () => {
  it('is granted if it is one of their own', async () => {
    const [one, two] = [await newOrganization(service, person), await newOrganization(service, person)];
    const first = await refresh(person.refreshToken, { org_id: one });
    const again = await refresh(person.refreshToken, { org_id: two });
    expect(again.body.refresh_token).toBe(first.body.refresh_token);
    expect(claimsOf({ accessToken: again.body.access_token })).toMatchObject({ org_id: two, roles: ['owner'] });
    service.setClockOffset(900);
    const next = await refresh(first.body.refresh_token);
    expect(claimsOf({ accessToken: next.body.access_token }).org_id).toBe(two);
  });

  it('S38: is not found if it is a stranger’s, like an unknown one, and changes nothing', async () => {
    const strange = await newOrganization(service, await registerAndLogin(service));
    const first = await refresh(person.refreshToken);
    const answers = [];
    for (const org_id of [strange, '019a0000-0000-7000-8000-000000000000']) {
      const { status, body } = await refresh(person.refreshToken, { org_id });
      const { correlation_id: _, ...problem } = body;
      answers.push([status, problem]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject([404, { code: 'RESOURCE_NOT_FOUND' }]);
    expect(await replays()).toEqual([]);
    expect((await refresh(person.refreshToken)).body.refresh_token).toBe(first.body.refresh_token);
  });

  it('S40: is refused if the person was removed from it after the rotation', async () => {
    const owner = await registerAndLogin(service);
    const org = await newOrganization(service, owner);
    await join(service, owner, org, person, ['member']);
    await refresh(person.refreshToken, { org_id: org });
    await service.delete(memberPath(org, person), undefined, owner.bearer);
    const again = await refresh(person.refreshToken);
    expect(claimsOf({ accessToken: again.body.access_token })).toMatchObject({ org_id: null, roles: [] });
  });
});

it('S18, S70: 60 at once, some from a thief, with any organisation: one successor, one revocation', async () => {
  const own = await newOrganization(service, person);
  const strange = await newOrganization(service, await registerAndLogin(service));
  const orgs = [undefined, own, strange, '019a0000-0000-7000-8000-000000000000'];
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      refresh(
        person.refreshToken,
        { org_id: orgs[index % 4] },
        { 'user-agent': index % 15 === 14 ? 'Thief/1.0' : 'Browser/1.0' },
      ),
    ),
  );
  const given = answers.filter(({ status }) => status === 200).map(({ body }) => body);
  expect(new Set(given.map(({ refresh_token }) => refresh_token)).size).toBe(1);
  for (const body of given) expect([null, own]).toContain(claimsOf({ accessToken: body.access_token }).org_id);
  // Whichever of the two comes second ends the session, once (the events below), and later requests are refused; one of the
  // same millisecond is answered as that one's next try would be.
  expect(answers.filter(({ body }) => body.code === 'REFRESH_TOKEN_REUSED').length).toBeGreaterThan(0);
  const codes = new Set(answers.map(({ body }) => body.code ?? 'given'));
  for (const code of codes) {
    expect(['given', 'REFRESH_TOKEN_REUSED', 'REFRESH_TOKEN_INVALID', 'RESOURCE_NOT_FOUND']).toContain(code);
  }
  const revoked = await service.outbox('huleedu.identity.session.revoked.v1');
  expect(revoked.filter(({ session_id }) => session_id === person.sessionId)).toHaveLength(1);
});

describe('S68: a session', () => {
  it('refreshes at most once a second, and the answer names when it may', async () => {
    const first = await refresh(person.refreshToken);
    // As early as possible, however slow the machine is.
    service.setClockOffset(-5);
    const early = await refresh(first.body.refresh_token);
    expect([early.status, early.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(early.headers.get('retry-after')).toBe('1');
    service.setClockOffset(2);
    expect((await refresh(first.body.refresh_token)).status).toBe(200);
  });

  it('refreshes at most 30 times a minute, and continues afterwards', async () => {
    let token = person.refreshToken;
    for (let round = 0; round < 30; round++) {
      service.setClockOffset(round * 1.1);
      const { status, body } = await refresh(token);
      expect(status).toBe(200);
      token = body.refresh_token;
    }
    service.setClockOffset(34);
    const over = await refresh(token);
    expect(over.status).toBe(429);
    expect(over.headers.get('ratelimit-policy')).toBe('"refreshPerSession";q=30;w=60');
    const wait = Number(over.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(1);
    expect(wait).toBeLessThanOrEqual(26);
    service.setClockOffset(34 + wait);
    expect((await refresh(token)).status).toBe(200);
  });

  it('S19: gives 50 tabs at once one successor, but refuses a loop', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(person.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    // Within the grace and the minute, however slow the machine is.
    service.setClockOffset(-30);
    const loop = await Promise.all(Array.from({ length: 20 }, () => refresh(person.refreshToken)));
    expect(loop.map(({ status }) => status).sort()).toEqual([...Array(11).fill(200), ...Array(9).fill(429)]);
    expect(await replays()).toHaveLength(1);
    service.setClockOffset(5);
    const [successor] = answers;
    expect((await refresh(successor?.body.refresh_token)).status).toBe(200);
  });
});
