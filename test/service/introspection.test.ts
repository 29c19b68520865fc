/** Introspection returns the current state of an access token and of a refresh token (S65, RFC 7662). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  claimsOf,
  join,
  makeAdmin,
  memberPath,
  newOrganization,
  proveAddress,
  refreshed,
} from '../support/organizations.ts';
import { type Person, registerAndLogin, type Tokens } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let owner: Person;
let member: Person & Tokens;
let org: string;
const inactive = { active: false };

beforeAll(async () => {
  service = await sharedService();
  owner = await registerAndLogin(service);
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  org = await newOrganization(service, owner);
  member = await registerAndLogin(service);
  await join(service, owner, org, member, ['teacher', 'admin']);
  member = { ...member, ...(await refreshed(service, member, org)) };
});

const introspect = async (token: string) =>
  (await service.post('/v1/auth/introspect', { token }, service.iamHeaders)).body;
const setRoles = (roles: string[]) => service.put(memberPath(org, member), { roles }, owner.bearer);

describe('S65: roles', () => {
  it('are those that the person has in the organisation now', async () => {
    await setRoles(['member']);
    const { exp, iat, jti } = claimsOf(member);
    expect(await introspect(member.accessToken)).toMatchObject({
      active: true,
      org_id: org,
      roles: ['member'],
      exp,
      iat,
      jti,
    });
    expect(await introspect(member.refreshToken)).toMatchObject({ active: true, org_id: org, roles: ['member'] });
  });

  it('are those of the token’s organisation, whichever the session is in meanwhile', async () => {
    const other = await newOrganization(service, member);
    const now = await refreshed(service, member, other);
    expect(await introspect(member.accessToken)).toMatchObject({ org_id: org, roles: ['teacher', 'admin'] });
    expect(await introspect(now.accessToken)).toMatchObject({ org_id: other, roles: ['owner'] });
    expect(await introspect(now.refreshToken)).toMatchObject({ org_id: other, roles: ['owner'] });
  });

  it('of the platform are those of the account now', async () => {
    const admin = await makeAdmin(service, member);
    await service.sql(`update users set platform_roles = '{}' where user_id = $1`, [admin.userId]);
    expect(claimsOf(admin).roles).toContain('platform:admin');
    expect((await introspect(admin.accessToken)).roles).toEqual(['teacher', 'admin']);
    await service.sql(`update users set platform_roles = '{admin}' where user_id = $1`, [admin.userId]);
    expect((await introspect(admin.accessToken)).roles).toEqual(['teacher', 'admin', 'platform:admin']);
  });

  it('make a token inactive when all are lost', async () => {
    const admin = await makeAdmin(service, await registerAndLogin(service));
    expect(await introspect(admin.accessToken)).toMatchObject({ org_id: null, roles: ['platform:admin'] });
    await service.sql(`update users set platform_roles = '{}' where user_id = $1`, [admin.userId]);
    expect(await introspect(admin.accessToken)).toEqual(inactive);
    const later = await refreshed(service, admin);
    expect(await introspect(later.accessToken)).toMatchObject({ active: true, roles: [] });
  });
});

describe('S65: an organisation', () => {
  it('that the bearer has left makes its token inactive, and the session has none', async () => {
    await service.delete(memberPath(org, member), undefined, owner.bearer);
    expect(await introspect(member.accessToken)).toEqual(inactive);
    expect(await introspect(member.refreshToken)).toMatchObject({ active: true, org_id: null, roles: [] });
  });

  it('that the bearer has joined again counts again', async () => {
    await service.delete(memberPath(org, member), undefined, owner.bearer);
    await join(service, owner, org, member, ['member']);
    expect(await introspect(member.accessToken)).toMatchObject({ active: true, org_id: org, roles: ['member'] });
  });

  it('that no longer exists makes its tokens inactive', async () => {
    await service.sql(
      'with left_by as (delete from memberships where org_id = $1) delete from organizations where org_id = $1',
      [org],
    );
    expect(await introspect(member.accessToken)).toEqual(inactive);
  });
});

describe('S65: an account', () => {
  it('has whether its address is proved now', async () => {
    const person = await registerAndLogin(service);
    const verified = async () =>
      Promise.all([person.accessToken, person.refreshToken].map(introspect)).then((answers) =>
        answers.map(({ email_verified }) => email_verified),
      );
    expect(await verified()).toEqual([false, false]);
    await proveAddress(service, person);
    expect(claimsOf(person).email_verified).toBe(false);
    expect(await verified()).toEqual([true, true]);
  });

  it('that an administrator has locked is inactive, one locked by guesses is not', async () => {
    await service.sql(`update users set locked_until = now() + interval '1 hour' where user_id = $1`, [member.userId]);
    expect(await introspect(member.accessToken)).toEqual(inactive);
    expect(await introspect(member.refreshToken)).toEqual(inactive);
    await service.sql('update users set locked_until = null where user_id = $1', [member.userId]);
    for (let failure = 0; failure < 5; failure++) {
      await service.post('/v1/auth/login', { email: member.email, password: 'not the password at all' });
    }
    expect(await introspect(member.accessToken)).toMatchObject({ active: true });
  });

  it('that is deleted is inactive', async () => {
    expect((await service.delete('/v1/auth/me', { password: member.password }, member.bearer)).status).toBe(204);
    expect(await introspect(member.accessToken)).toEqual(inactive);
    expect(await introspect(member.refreshToken)).toEqual(inactive);
  });
});

it('accepts a token with the white space of a pasted one', async () => {
  for (const token of [member.accessToken, member.refreshToken]) {
    expect(await introspect(`\n ${token}\t`)).toMatchObject({ active: true, sub: member.userId });
  }
});

it('S65: costs one call', async () => {
  for (const token of [member.accessToken, member.refreshToken]) {
    expect(await service.callsDuring(() => introspect(token))).toEqual({ 'rds-data.ExecuteStatement': 1 });
  }
});
