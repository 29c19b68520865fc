import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { linkIn, mailedToken, newestMail } from '../support/mailbox.ts';
import { accept, invite, join, memberPath, newOrganization } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const DAY = 24 * 60 * 60;

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
const added = async () =>
  (await service.outbox('huleedu.identity.org.member.added.v1')).filter(({ org_id }) => org_id === org);

describe('an invitation', () => {
  it('makes its bearer a member with its roles, and names the organisation in the mail', async () => {
    // Another spelling of the same address.
    const email = other.email.replace('person', 'Person');
    await invite(service, admin, org, email, ['teacher']);
    const mail = await newestMail(service, email, 'invitation');
    expect(mail.Body?.text_part).toContain('Oak School');
    const answer = await accept(service, other, await mailedToken(service, email, 'invitation'));
    expect([answer.status, answer.body]).toEqual([200, { org_id: org, name: 'Oak School', roles: ['teacher'] }]);
    expect(await added()).toContainEqual(expect.objectContaining({ user_id: other.userId, roles: ['teacher'] }));
  });

  it('S62: names the inviter by the proved address, and no link or number in the organisation’s name', async () => {
    const name = 'Win at evil.example/x: “call 0700 123 456”';
    const orgId = await newOrganization(service, owner, name);
    const email = newEmail();
    await invite(service, owner, orgId, email, ['member']);
    const { Body, Subject = '' } = await newestMail(service, email, 'invitation');
    expect(Body?.text_part).toContain(`${owner.email} invites you to join “Win at … 'call …'”`);
    for (const part of [Body?.text_part, Body?.html_part, Subject]) expect(part).not.toMatch(/evil|0700/);
  });

  it('is in the inviter’s language for a new address, and in its own language for an account', async () => {
    await service.put('/v1/auth/me', { locale: 'sv' }, owner.bearer);
    const stranger = newEmail();
    await invite(service, owner, org, stranger, ['member']);
    const { Subject = '', ...toStranger } = await newestMail(service, stranger, 'invitation');
    expect(Subject).toContain('inbjuden');
    expect(linkIn({ Subject, ...toStranger }).searchParams.get('lang')).toBe('sv');
    await service.put('/v1/auth/me', { locale: 'en' }, other.bearer);
    await invite(service, owner, org, other.email, ['member']);
    expect((await newestMail(service, other.email, 'invitation')).Subject).toContain('You are invited');
    await service.put('/v1/auth/me', { locale: 'en' }, owner.bearer);
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

  it('S28: is stored nowhere in a form that works', async () => {
    await invite(service, owner, org, other.email, ['member']);
    const token = await mailedToken(service, other.email, 'invitation');
    expect(await service.dump()).not.toContain(token);
    expect(JSON.stringify(service.events.events())).not.toContain(token);
    expect(JSON.stringify(service.logs())).not.toContain(token);
  });

  it('leads to a page that cannot be made to run anything', async () => {
    await invite(service, owner, org, other.email, ['member']);
    const { pathname, search } = linkIn(await newestMail(service, other.email, 'invitation'));
    expect((await service.get(`${pathname}${search}`)).status).toBe(200);
    const hostile = await service.get(`${pathname}?token=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(hostile.body).not.toContain('<script>');
    expect(hostile.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('is only for its address', async () => {
    await invite(service, owner, org, newEmail(), ['member']);
    const elsewhere = newEmail();
    await invite(service, owner, org, elsewhere, ['member']);
    const answer = await accept(service, other, await mailedToken(service, elsewhere, 'invitation'));
    expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN']);
  });

  it('S39: ends when the inviter may no longer give its roles', async () => {
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
  it('S9: allow three invitations an hour to an address, counted only for people who may invite', async () => {
    const limited = await sharedService({ rateLimiting: 'on' });
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
  });

  describe('of a stage’s own', () => {
    const [hour, day] = [3600, 86_400];
    let limited: Service;
    beforeAll(async () => {
      limited = await startService({
        settings: {
          organizationsPerUser: 1,
          rateLimiting: 'on',
          rateLimits: {
            invitationPerUser: { limit: 2, windowSeconds: hour },
            invitationPerUserDaily: { limit: 3, windowSeconds: day },
            invitationPerOrganization: { limit: 4, windowSeconds: day },
          },
        },
      });
    });
    afterAll(() => limited.stop());

    it('S62: hold an inviter in an hour, in a day, and all inviters of an organisation', async () => {
      const head = await registerAndLogin(limited);
      const colleague = await registerAndLogin(limited);
      const orgId = await newOrganization(limited, head);
      const twoBy = async (person: Person) => {
        const session = await person.loginAgain();
        const send = async () => (await invite(limited, session, orgId, newEmail(), ['member'])).status;
        return [await send(), await send()];
      };
      // By the first of three invitations. What one limit refuses counts for none of the others.
      await join(limited, head, orgId, colleague, ['admin']);
      expect(await twoBy(head)).toEqual([202, 429]);
      limited.setClockOffset(2 * hour);
      expect(await twoBy(head)).toEqual([202, 429]);
      expect(await twoBy(colleague)).toEqual([202, 429]);
    });

    it('make nobody a member of more organisations than the setting allows', async () => {
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
    });
  });
});
