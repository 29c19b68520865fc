import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contendFor } from '../support/contention.ts';
import { claimsOf, invite, join, memberPath, newOrganization, refreshed } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let owner: Person;
let admin: Person;
let member: Person;
let other: Person;
let org: string;

beforeAll(async () => {
  service = await sharedService();
  const newPerson = () => registerAndLogin(service);
  [owner, admin, member, other] = await Promise.all([newPerson(), newPerson(), newPerson(), newPerson()]);
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  org = await newOrganization(service, owner);
  await join(service, owner, org, admin, ['admin']);
  await join(service, admin, org, member, ['member']);
});

const setRoles = (by: Person, whom: Person, roles: string[]) =>
  service.put(memberPath(org, whom), { roles }, by.bearer);
const remove = (by: Person, whom: Person) => service.delete(memberPath(org, whom), undefined, by.bearer);
const rolesNow = async (by = owner): Promise<Record<string, string[]>> => {
  const { body } = await service.get(`/v1/orgs/${org}/members`, by.bearer);
  return Object.fromEntries(
    body.members.map(({ user_id, roles }: { user_id: string; roles: string[] }) => [user_id, roles]),
  );
};
const eventsOf = async (change: string) =>
  (await service.outbox(`huleedu.identity.org.${change}.v1`)).filter(({ org_id }) => org_id === org);

describe('an organisation', () => {
  it('belongs to its creator, and is in their list', async () => {
    expect(await eventsOf('created')).toMatchObject([{ user_id: owner.userId, roles: ['owner'] }]);
    const { body } = await service.get('/v1/orgs', owner.bearer);
    expect(body.orgs).toContainEqual({ org_id: org, name: 'Oak School', roles: ['owner'] });
  });

  it('is created with the account if the registration names one', async () => {
    const founder = await registerAndLogin(service, { organization_name: 'Elm School' });
    const { body } = await service.get('/v1/orgs', founder.bearer);
    expect(body.orgs).toMatchObject([{ name: 'Elm School', roles: ['owner'] }]);
    expect(claimsOf(founder)).toMatchObject({ org_id: body.orgs[0].org_id, roles: ['owner'] });
  });

  it('lists its members a page at a time, each once', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const { body } = await service.get(`/v1/orgs/${org}/members${query}`, admin.bearer);
      expect(body.members.length).toBeLessThanOrEqual(2);
      seen.push(...body.members.map(({ user_id }: { user_id: string }) => user_id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen.toSorted()).toEqual([owner, admin, member].map(({ userId }) => userId).toSorted());
  });

  it.each(['?limit=0', '?limit=101', '?limit=x', '?cursor=x', '?cursor=%00'])('refuses the page %s', async (query) => {
    const { status, body } = await service.get(`/v1/orgs/${org}/members${query}`, owner.bearer);
    expect([status, body.code]).toEqual([400, 'VALIDATION_ERROR']);
  });
});

describe('roles', () => {
  it('S40: a change shows in the next refreshed token, in an event and in the audit log', async () => {
    const session = await refreshed(service, await member.loginAgain(), org);
    expect(claimsOf(session)).toMatchObject({ org_id: org, roles: ['member'] });
    expect((await setRoles(admin, member, ['teacher', 'house-tutor'])).status).toBe(200);
    expect(claimsOf(await refreshed(service, session))).toMatchObject({ roles: ['teacher', 'house-tutor'] });
    expect(await eventsOf('member.roles.changed')).toMatchObject([
      { user_id: member.userId, roles: ['teacher', 'house-tutor'] },
    ]);
    expect(await service.audit(member.userId)).toContainEqual(
      expect.objectContaining({ action: 'org.member.roles.changed', actor_id: admin.userId }),
    );
  });

  it('are not announced if they do not change', async () => {
    expect((await setRoles(admin, member, ['member'])).status).toBe(200);
    expect(await eventsOf('member.roles.changed')).toEqual([]);
  });

  it('S39: nobody grants a role above their own, or changes a person who has one', async () => {
    const before = await rolesNow();
    for (const refused of [
      await setRoles(admin, member, ['owner']),
      await setRoles(admin, admin, ['admin', 'owner']),
      await setRoles(admin, owner, ['member']),
      await remove(admin, owner),
      await setRoles(member, member, ['admin']),
      await invite(service, admin, org, newEmail(), ['owner']),
    ]) {
      expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
    }
    expect(await rolesNow()).toEqual(before);
  });

  it('S39: the last owner can neither step down nor leave, the second may', async () => {
    for (const refused of [await setRoles(owner, owner, ['admin']), await remove(owner, owner)]) {
      expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    }
    await setRoles(owner, admin, ['owner']);
    expect((await setRoles(owner, owner, ['member'])).status).toBe(200);
    expect((await rolesNow(admin))[owner.userId]).toEqual(['member']);
  });

  it.each([
    ['demote', () => setRoles(owner, admin, ['member'])],
    ['remove', () => remove(owner, admin)],
  ])('S39: of two owners who %s each other at the same moment, one stays', async (_, first) => {
    await setRoles(owner, admin, ['owner']);
    const answers = await contendFor(service, `select from memberships where org_id = '${org}' for update`, [
      first,
      () => setRoles(admin, owner, ['member']),
    ]);
    const owners = await service.sql(`select user_id from memberships where org_id = $1 and 'owner' = any (roles)`, [
      org,
    ]);
    expect(owners).toHaveLength(1);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
  });

  it.each([
    ['a platform role', ['platform:admin']],
    ['upper case', ['Teacher']],
    ['none', []],
    ['21', Array.from({ length: 21 }, (_, index) => `role-${index}`)],
    ['one twice', ['teacher', 'teacher']],
    ['a long name', ['r'.repeat(33)]],
    ['too many characters in all', Array.from({ length: 10 }, (_, index) => `${index}`.padStart(31, 'r'))],
  ])('refuses %s', async (_, roles) => {
    const { status, body } = await setRoles(owner, member, roles);
    expect([status, body.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('keep a token below 1.6 KB with 20 of them at their longest', async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(15, 'r'));
    expect((await setRoles(owner, member, roles)).status).toBe(200);
    const session = await refreshed(service, await member.loginAgain(), org);
    expect(claimsOf(session).roles).toEqual(roles);
    expect(session.accessToken.length).toBeLessThan(1600);
  });
});

describe('leaving', () => {
  it('S40: ends the organisation in the session at its next refresh, but not the session', async () => {
    const session = await refreshed(service, await member.loginAgain(), org);
    expect((await remove(member, member)).status).toBe(204);
    expect(claimsOf(await refreshed(service, session))).toMatchObject({ org_id: null, roles: [] });
    expect(await eventsOf('member.removed')).toMatchObject([{ user_id: member.userId, roles: ['member'] }]);
  });

  it('changes to another organisation by refresh, only to one that the person is in', async () => {
    const second = await newOrganization(service, member, 'Elm School');
    const session = await refreshed(service, await member.loginAgain(), second);
    expect(claimsOf(session)).toMatchObject({ org_id: second, roles: ['owner'] });
    const foreign = await newOrganization(service, other, 'Ash School');
    for (const orgId of [foreign, randomUUID()]) {
      const { status } = await service.post('/v1/auth/refresh', { refresh_token: session.refreshToken, org_id: orgId });
      expect(status).toBe(404);
    }
    expect(claimsOf(await refreshed(service, session, org))).toMatchObject({ org_id: org, roles: ['member'] });
  });
});
