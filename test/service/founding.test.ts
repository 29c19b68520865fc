/** Who may create organisations, and which roles exist, by the stage's settings (S64). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailedToken } from '../support/mailbox.ts';
import {
  accept,
  claimsOf,
  invite,
  join,
  makeAdmin,
  memberPath,
  newOrganization,
  proveAddress,
  refreshed,
} from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin, type Tokens } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const found = (service: Service, by: Tokens) => service.post('/v1/orgs', { name: 'Oak School' }, by.bearer);
const registering = (email: string) => ({
  email,
  password: 'correct horse battery staple',
  organization_name: 'Oak School',
});

/** Whether or not the address has an account, nothing of it is read, and nothing is written. */
async function expectLater(service: Service, detail: string): Promise<void> {
  const known = await registerAndLogin(service);
  for (const email of [known.email, newEmail()]) {
    const calls = await service.callsDuring(async () => {
      const { status, body } = await service.post('/v1/auth/register', registering(email));
      expect([status, body.code, body.errors]).toEqual([
        400,
        'VALIDATION_ERROR',
        [{ pointer: '/organization_name', detail }],
      ]);
    });
    expect(calls).toEqual({});
  }
}

/** Of two settings that have nothing to do with each other. */
let service: Service;
beforeAll(async () => {
  service = await startService({
    settings: { organizations: { foundedBy: 'verified', roles: ['teacher', 'pupil'] }, defaultRole: 'guest' },
  });
});
afterAll(() => service.stop());

describe('if everybody with a verified address may create organisations', () => {
  it('S56, S64: an organisation waits for the proof', async () => {
    const person = await registerAndLogin(service);
    const refused = await found(service, person);
    expect([refused.status, refused.body.code]).toEqual([403, 'EMAIL_NOT_VERIFIED']);
    expect((await service.get('/v1/orgs', person.bearer)).body.orgs).toEqual([]);
    const token = await mailedToken(service, person.email, 'verify_email');
    await service.post('/v1/auth/verify-email', { token });
    expect((await found(service, person)).status).toBe(201);
  });

  it('S60, S64: none is created with an account', () =>
    expectLater(service, 'verify the address first, then POST /v1/orgs'));
});

describe('if only the platform’s administrators may create organisations', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ settings: { organizations: { foundedBy: 'admins' } } });
  });
  afterAll(() => service.stop());

  it('S64: nobody else may', async () => {
    const person = await registerAndLogin(service);
    await proveAddress(service, person);
    const refused = await found(service, person);
    expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
    expect(refused.body.detail).toContain('administrators of the platform');
    expect(await service.sql('select from organizations')).toEqual([]);
  });

  it('S64: a former administrator’s older token may not', async () => {
    const former = await makeAdmin(service, await registerAndLogin(service));
    await service.sql(`update users set platform_roles = '{}' where user_id = $1`, [former.userId]);
    expect(claimsOf(former).roles).toEqual(['platform:admin']);
    expect((await found(service, former)).status).toBe(403);
  });

  it('S64: the owner joins by invitation, and the founder then leaves', async () => {
    const admin = await makeAdmin(service, await registerAndLogin(service));
    const { org_id } = (await found(service, admin)).body;
    const head = await registerAndLogin(service);
    await invite(service, admin, org_id, head.email, ['owner']);
    const accepted = await accept(service, head, await mailedToken(service, head.email, 'invitation'));
    expect(accepted.body).toMatchObject({ org_id, roles: ['owner'] });
    expect((await service.delete(memberPath(org_id, admin), undefined, admin.bearer)).status).toBe(204);
    const members = await service.get(`/v1/orgs/${org_id}/members`, head.bearer);
    expect(members.body.members).toMatchObject([{ user_id: head.userId, roles: ['owner'] }]);
  });

  it('S60, S64: none is created with an account', () =>
    expectLater(service, 'organisations are made by administrators of the platform'));
});

describe('a list of roles', () => {
  let owner: Person;
  let org: string;
  beforeAll(async () => {
    owner = await registerAndLogin(service);
    org = await newOrganization(service, owner);
  });

  it('S64: allows no other role, neither in invitations nor for members, and every fault is named', async () => {
    const member = await registerAndLogin(service);
    await join(service, owner, org, member, ['pupil']);
    const roles = ['teacher', 'billing-admin', 'member'];
    const detail = 'there are owner, admin, teacher, pupil';
    for (const { status, body } of [
      await invite(service, owner, org, newEmail(), roles),
      await service.put(memberPath(org, member), { roles }, owner.bearer),
    ]) {
      expect([status, body.errors]).toEqual([
        400,
        [
          { pointer: '/roles/1', detail },
          { pointer: '/roles/2', detail },
        ],
      ]);
    }
    expect((await invite(service, owner, org, newEmail(), ['owner', 'admin', 'teacher', 'pupil'])).status).toBe(202);
  });

  it('S64: removes a role that is not on it from every token, whoever holds it', async () => {
    const member = await registerAndLogin(service);
    await join(service, owner, org, member, ['pupil']);
    // Roles from before the list.
    await service.sql(`update memberships set roles = '{pupil,billing-admin}' where user_id = $1`, [member.userId]);
    const tokens = await refreshed(service, member, org);
    expect(claimsOf(tokens).roles).toEqual(['pupil']);
    expect((await service.get('/v1/auth/me', tokens.bearer)).body.roles).toEqual(['pupil']);
    const { body } = await service.post('/v1/auth/introspect', { token: tokens.accessToken }, service.iamHeaders);
    expect(body.roles).toEqual(['pupil']);
  });

  it('gives a person without an organisation the default role, until they join their first', async () => {
    const person = await registerAndLogin(service);
    expect(claimsOf(person)).toMatchObject({ org_id: null, roles: ['guest'] });
    expect((await service.get('/v1/auth/me', person.bearer)).body.roles).toEqual(['guest']);
    for (const token of [person.accessToken, person.refreshToken]) {
      const { body } = await service.post('/v1/auth/introspect', { token }, service.iamHeaders);
      expect(body).toMatchObject({ org_id: null, roles: ['guest'] });
    }
    await join(service, owner, org, person, ['pupil']);
    const within = await refreshed(service, person, org);
    expect(claimsOf(within)).toMatchObject({ org_id: org, roles: ['pupil'] });
    await service.delete(memberPath(org, person), undefined, owner.bearer);
    expect(claimsOf(await refreshed(service, within))).toMatchObject({ org_id: null, roles: ['guest'] });
  });
});
