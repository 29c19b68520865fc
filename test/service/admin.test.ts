import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raise } from '../support/levels.ts';
import { mailedToken } from '../support/mailbox.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { claimsOf, makeAdmin, proveAddress, refreshed } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const DAY = 24 * 60 * 60;

let service: Service;
let admin: Person;
let person: Person;

beforeAll(async () => {
  service = await sharedService();
  admin = await makeAdmin(service, await registerAndLogin(service));
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  person = await registerAndLogin(service, {
    person_name: { first_name: 'Ada', last_name: 'Larsson', legal_full_name: 'Ada Maria Larsson' },
    organization_name: 'Oak School',
  });
});

const act = (action: string, body?: object) =>
  service.post(`/v1/admin/users/${person.userId}/${action}`, body, admin.bearer);
const lookUp = () => service.get(`/v1/admin/users/${person.userId}`, admin.bearer);
const login = (password = person.password) => service.post('/v1/auth/login', { email: person.email, password });
const actionsOf = async (userId: string) =>
  (await service.audit(userId)).filter(({ actor_id }) => actor_id === admin.userId).map(({ action }) => action);

describe('looking up', () => {
  it('returns a hundred organisations with long names: more than the Data API allows in a row', async () => {
    const person = await registerAndLogin(service);
    await service.sql(
      `with founded as (
        insert into organizations (org_id, name, created_at)
        select gen_random_uuid(), repeat('ö', 190) || ' ' || n, now() from generate_series(1, 150) as n returning org_id
      )
      insert into memberships (org_id, user_id, roles, created_at)
      select org_id, $1, array['owner', repeat('a', 32)], now() from founded`,
      [person.userId],
    );
    const { status, body } = await service.get(`/v1/admin/users/${person.userId}`, admin.bearer);
    expect(status).toBe(200);
    expect(body.orgs).toHaveLength(150);
  });

  it('finds an account by its address in any spelling, and by its id', async () => {
    const found = await service.get(`/v1/admin/users?email=${person.email.toUpperCase()}`, admin.bearer);
    expect(found.body.users).toMatchObject([
      {
        user_id: person.userId,
        email: person.email,
        person_name: { first_name: 'Ada', last_name: 'Larsson', legal_full_name: 'Ada Maria Larsson' },
        locked_until: null,
        live_sessions: 1,
        orgs: [{ name: 'Oak School', roles: ['owner'] }],
      },
    ]);
    expect((await lookUp()).body).toEqual(found.body.users[0]);
    expect(await actionsOf(person.userId)).toEqual(['admin.user.viewed', 'admin.user.viewed']);
  });

  it('finds nobody under an address without an account', async () => {
    const { status, body } = await service.get(`/v1/admin/users?email=${newEmail()}`, admin.bearer);
    expect([status, body]).toEqual([200, { users: [] }]);
  });

  it.each(['', '?email=', '?email=x', '?email=a%00@example.com'])('refuses the query %s', async (query) => {
    const { status, body } = await service.get(`/v1/admin/users${query}`, admin.bearer);
    expect([status, body.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('answers 404 for an account that does not exist', async () => {
    person = { ...person, userId: '0198c0de-0000-7000-8000-000000000000' };
    for (const { status } of [
      await lookUp(),
      await act('lock', {}),
      await act('unlock'),
      await act('revoke-sessions'),
    ]) {
      expect(status).toBe(404);
    }
    expect((await service.get(`/v1/admin/users/${person.userId}/audit`, admin.bearer)).status).toBe(404);
  });
});

describe('a lock', () => {
  it('S7: is answered like a wrong password, ends every session, and is announced', async () => {
    const wrong = await login('not the password at all');
    expect((await act('lock', {})).status).toBe(200);
    const locked = await login();
    expect([locked.status, locked.body.code, locked.body.detail]).toEqual([
      wrong.status,
      wrong.body.code,
      wrong.body.detail,
    ]);
    expect((await service.get('/v1/auth/me', person.bearer)).status).toBe(401);
    expect((await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken })).status).toBe(401);
    const mine = ({ user_id }: { user_id?: string }) => user_id === person.userId;
    expect((await service.outbox('huleedu.identity.account.locked.v1')).filter(mine)).toHaveLength(1);
    expect((await service.outbox('huleedu.identity.session.revoked.v1')).filter(mine)).toMatchObject([
      { reason: 'admin' },
    ]);
    expect(await actionsOf(person.userId)).toEqual(['account.locked']);
  });

  it('outlasts a reset of the password, until an administrator unlocks', async () => {
    await act('lock', {});
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const token = await mailedToken(service, person.email, 'reset_password');
    const password = 'a new horse battery staple';
    expect((await service.post('/v1/auth/reset-password', { token, new_password: password })).status).toBe(200);
    expect((await login(password)).status).toBe(401);
    expect((await act('unlock')).body).toEqual({ user_id: person.userId, locked_until: null });
    expect((await login(password)).status).toBe(200);
  });

  it('ends at its time if it has one', async () => {
    const until = new Date(Date.now() + DAY * 1000).toISOString();
    expect((await act('lock', { until })).body.locked_until).toBe(until);
    expect((await lookUp()).body).toMatchObject({ locked_until: until, live_sessions: 0 });
    expect((await login()).status).toBe(401);
    service.setClockOffset(DAY + 60);
    expect((await login()).status).toBe(200);
  });

  it('is neither for the past nor for the own account', async () => {
    expect((await act('lock', { until: '2020-01-01T00:00:00Z' })).body.code).toBe('VALIDATION_ERROR');
    const { status, body } = await service.post(`/v1/admin/users/${admin.userId}/lock`, {}, admin.bearer);
    expect([status, body.code]).toEqual([409, 'CONFLICT']);
  });

  it('S10: by failed logins also ends with unlocking', async () => {
    for (let failure = 0; failure < 5; failure++) await login('not the password at all');
    expect((await login()).status).toBe(401);
    await act('unlock');
    expect((await login()).status).toBe(200);
    expect(await actionsOf(person.userId)).toEqual(['account.unlocked']);
  });
});

it('ends all sessions of an account, and returns how many', async () => {
  await person.loginAgain();
  expect((await act('revoke-sessions')).body).toEqual({ revoked: 2 });
  expect((await service.get('/v1/auth/me', person.bearer)).status).toBe(401);
  expect((await login()).status).toBe(200);
  expect(await actionsOf(person.userId)).toEqual(['admin.sessions.revoked']);
});

describe('the platform role', () => {
  it('is in the token, and is checked in the database at every request, so its loss counts at once', async () => {
    const former = await makeAdmin(service, await registerAndLogin(service));
    expect(claimsOf(former).roles).toEqual(['platform:admin']);
    await service.sql(`update users set platform_roles = '{}' where user_id = $1`, [former.userId]);
    expect((await service.get(`/v1/admin/users/${person.userId}`, former.bearer)).status).toBe(403);
    expect(claimsOf(await refreshed(service, former)).roles).toEqual([]);
  });

  it('S39: cannot be granted by a tenant, not even by SQL', async () => {
    await expect(
      service.sql(`update memberships set roles = '{platform:admin}' where user_id = $1`, [person.userId]),
    ).rejects.toThrow('memberships_no_platform_role');
  });

  it('is granted and revoked by the operator, audited, and in the next refreshed token', async () => {
    const command = (name: string, email = person.email) => operatorCommand(service, ['users.ts', name, email]);
    await proveAddress(service, person);
    const first = await command('grant-admin', person.email.toUpperCase());
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringContaining(`${person.userId} is a platform administrator now`),
    ]);
    await raise(service, person);
    const promoted = await refreshed(service, person);
    expect(claimsOf(promoted).roles).toContain('platform:admin');
    expect((await service.get(`/v1/admin/users/${admin.userId}`, promoted.bearer)).status).toBe(200);
    expect((await command('grant-admin')).out).toContain('already');

    const last = await command('revoke-admin', person.email.toUpperCase());
    expect([last.code, last.out]).toEqual([
      0,
      expect.stringContaining(`${person.userId} is no longer a platform administrator`),
    ]);
    expect(last.out).not.toContain('no platform administrator now');
    expect((await service.get(`/v1/admin/users/${admin.userId}`, promoted.bearer)).status).toBe(403);
    expect(claimsOf(await refreshed(service, promoted)).roles).toEqual(['owner']);
    expect(await command('revoke-admin')).toMatchObject({ code: 1, error: expect.stringContaining('not a platform') });

    const entries = (await service.audit(person.userId)).filter(({ action }) => action.startsWith('platform_role'));
    expect(entries).toMatchObject([
      { action: 'platform_role.granted', detail: { role: 'admin', by: 'operator' } },
      { action: 'platform_role.revoked', detail: { role: 'admin', by: 'operator' } },
    ]);
    for (const name of ['grant-admin', 'revoke-admin']) {
      expect(await command(name, newEmail())).toMatchObject({ code: 1, error: 'no account has this address\n' });
    }
  });

  it('may be taken from the last administrator, with a warning', async () => {
    // Not the one of this file, which has administrators.
    const alone = await sharedService({ rateLimiting: 'on' });
    try {
      const only = await makeAdmin(alone, await registerAndLogin(alone));
      const { code, out } = await operatorCommand(alone, ['users.ts', 'revoke-admin', only.email]);
      expect([code, out]).toEqual([0, expect.stringContaining('There is no platform administrator now.')]);
      expect((await alone.get(`/v1/admin/users/${only.userId}`, only.bearer)).status).toBe(403);
    } finally {
      await alone.stop();
    }
  });

  it('S56: is not for an unproved account: neither by command nor in its tokens nor in the routes', async () => {
    const granted = await operatorCommand(service, ['users.ts', 'grant-admin', person.email]);
    expect(granted).toMatchObject({ code: 1, error: expect.stringMatching(/^this address is not proved yet/) });
    expect(await service.audit(person.userId)).not.toContainEqual(
      expect.objectContaining({ action: 'platform_role.granted' }),
    );
    // The state that the command of an older version left.
    await service.sql(`update users set platform_roles = '{admin}' where user_id = $1`, [person.userId]);
    await raise(service, person);
    const unproved = await refreshed(service, person);
    expect(claimsOf(unproved)).toMatchObject({ email_verified: false, roles: ['owner'] });
    expect((await service.get('/v1/auth/me', unproved.bearer)).body.roles).toEqual(['owner']);
    expect((await service.get(`/v1/admin/users/${admin.userId}`, unproved.bearer)).status).toBe(403);
    expect((await act('unlock')).status).toBe(200);
    await proveAddress(service, person);
    expect(claimsOf(await refreshed(service, unproved)).roles).toEqual(['owner', 'platform:admin']);
  });

  it('has its commands in the usage of npm run users', async () => {
    const { code, error } = await operatorCommand(service, ['users.ts', 'make-admin']);
    expect([code, error]).toEqual([1, expect.stringContaining('npm run users -- revoke-admin EMAIL [--stage STAGE]')]);
  });
});
