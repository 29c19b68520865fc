import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { meet } from '../support/contention.ts';
import { linkIn, mailedToken, newestMail } from '../support/mailbox.ts';
import { accept, claimsOf, invite, join, memberPath, newOrganization, refreshed } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const DAY = 24 * 60 * 60;

let service: Service;
let owner: Person;
let admin: Person;
let member: Person;
let other: Person;
let org: string;

beforeAll(async () => {
  service = await startService();
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
  it('belongs to who made it, and is listed among theirs', async () => {
    expect(await eventsOf('created')).toMatchObject([{ user_id: owner.userId, roles: ['owner'] }]);
    const { body } = await service.get('/v1/orgs', owner.bearer);
    expect(body.orgs).toContainEqual({ org_id: org, name: 'Oak School', roles: ['owner'] });
  });

  it('is made with the account where registration names one', async () => {
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
  it('S40: a change shows in the next refreshed token, and is told by event and audit', async () => {
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

  it('says nothing when they are what they were', async () => {
    expect((await setRoles(admin, member, ['member'])).status).toBe(200);
    expect(await eventsOf('member.roles.changed')).toEqual([]);
  });

  it('S39: nobody grants a role above their own, nor touches who has one', async () => {
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
    const answers = await meet(service, `select from memberships where org_id = '${org}' for update`, [
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

  it('keeps a token with 20 of them, as long as they may be, below 1.5 KB', async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(15, 'r'));
    expect((await setRoles(owner, member, roles)).status).toBe(200);
    const session = await refreshed(service, await member.loginAgain(), org);
    expect(claimsOf(session).roles).toEqual(roles);
    expect(session.accessToken.length).toBeLessThan(1500);
  });
});

describe('leaving', () => {
  it('S40: ends the organisation in the session at its next refresh, not the session', async () => {
    const session = await refreshed(service, await member.loginAgain(), org);
    expect((await remove(member, member)).status).toBe(204);
    expect(claimsOf(await refreshed(service, session))).toMatchObject({ org_id: null, roles: [] });
    expect(await eventsOf('member.removed')).toMatchObject([{ user_id: member.userId, roles: ['member'] }]);
  });

  it('changes to another organisation by refresh, only to one of the own', async () => {
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

describe('an invitation', () => {
  it('makes its bearer a member with its roles, and names the organisation in the mail', async () => {
    // Another spelling of the same address.
    const email = other.email.replace('person', 'Person');
    await invite(service, admin, org, email, ['teacher']);
    const mail = await newestMail(service, email, 'invitation');
    expect(mail.Body?.text_part).toContain('Oak School');
    const answer = await accept(service, other, await mailedToken(service, email, 'invitation'));
    expect([answer.status, answer.body]).toEqual([200, { org_id: org, name: 'Oak School', roles: ['teacher'] }]);
    expect(await eventsOf('member.added')).toContainEqual(
      expect.objectContaining({ user_id: other.userId, roles: ['teacher'] }),
    );
  });

  it('S26: works once, also under 20 tries at the same time', async () => {
    await invite(service, owner, org, other.email, ['member']);
    const token = await mailedToken(service, other.email, 'invitation');
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(service, other, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set([undefined, 'INVITATION_TOKEN_INVALID']));
  });

  it('S27: ends at its time and at a newer one', async () => {
    await invite(service, owner, org, other.email, ['member']);
    const older = await mailedToken(service, other.email, 'invitation');
    await invite(service, owner, org, other.email, ['member']);
    const newer = await mailedToken(service, other.email, 'invitation');
    expect((await accept(service, other, older)).body.code).toBe('INVITATION_TOKEN_INVALID');
    service.setClockOffset(7 * DAY + 1);
    const later = await other.loginAgain();
    expect((await accept(service, later, newer)).body.code).toBe('INVITATION_TOKEN_EXPIRED');
  });

  it('S28: stands nowhere in a form that works', async () => {
    await invite(service, owner, org, other.email, ['member']);
    const token = await mailedToken(service, other.email, 'invitation');
    expect(await service.dump()).not.toContain(token);
    expect(JSON.stringify(service.events.events())).not.toContain(token);
    expect(JSON.stringify(service.logs())).not.toContain(token);
  });

  it('leads to a page that hands its code over, and to nothing that the page could be made to run', async () => {
    await invite(service, owner, org, other.email, ['member']);
    const { pathname, search } = linkIn(await newestMail(service, other.email, 'invitation'));
    const page = await service.get(`${pathname}${search}`);
    const code = /value="([\w-]+)"/.exec(page.body)?.[1] ?? '';
    expect((await accept(service, other, code)).status).toBe(200);
    const hostile = await service.get(`${pathname}?token=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(hostile.body).not.toContain('<script>');
    expect(hostile.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('is for its address alone', async () => {
    await invite(service, owner, org, newEmail(), ['member']);
    const elsewhere = newEmail();
    await invite(service, owner, org, elsewhere, ['member']);
    const answer = await accept(service, other, await mailedToken(service, elsewhere, 'invitation'));
    expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN']);
  });

  it('S39: ends with the right of who invited to give its roles', async () => {
    await invite(service, admin, org, other.email, ['admin']);
    const token = await mailedToken(service, other.email, 'invitation');
    await setRoles(owner, admin, ['teacher']);
    expect((await accept(service, other, token)).body.code).toBe('INVITATION_TOKEN_INVALID');
  });

  it('is refused for the address of a member', async () => {
    const { status, body } = await invite(service, owner, org, member.email, ['teacher']);
    expect([status, body.code]).toEqual([409, 'CONFLICT']);
  });

  it.each(['x', 'A'.repeat(95)])('S20: of garbage is refused (%s)', async (token) => {
    expect((await accept(service, other, token)).body.code).toBe('INVITATION_TOKEN_INVALID');
  });
});

describe('limits', () => {
  it('S9: three invitations an hour to an address, counted only for who may invite', async () => {
    const limited = await startService({ settings: { rateLimiting: 'on' } });
    try {
      const [head, stranger] = [await registerAndLogin(limited), await registerAndLogin(limited)];
      const orgId = await newOrganization(limited, head);
      const email = newEmail();
      for (let tried = 0; tried < 5; tried++) {
        expect((await invite(limited, stranger, orgId, email, ['member'])).status).toBe(404);
      }
      for (let sent = 0; sent < 3; sent++) {
        expect((await invite(limited, head, orgId, email, ['member'])).status).toBe(202);
      }
      const refused = await invite(limited, head, orgId, email, ['member']);
      expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await limited.sql('select from invitations')).toHaveLength(1);
    } finally {
      await limited.stop();
    }
  });

  it('makes nobody a member of more organisations than the setting allows', async () => {
    const limited = await startService({ settings: { organizationsPerUser: 1 } });
    try {
      const [head, guest] = [await registerAndLogin(limited), await registerAndLogin(limited)];
      const orgId = await newOrganization(limited, head);
      await newOrganization(limited, guest);
      await invite(limited, head, orgId, guest.email, ['member']);
      for (const refused of [
        await limited.post('/v1/orgs', { name: 'One more' }, guest.bearer),
        await accept(limited, guest, await mailedToken(limited, guest.email, 'invitation')),
      ]) {
        expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
      }
    } finally {
      await limited.stop();
    }
  });
});
