/** An account with an unproved address cannot act with others, so that a squatter can plant nothing in it (S56). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailedToken } from '../support/mailbox.ts';
import { accept, claimsOf, invite, join, memberPath, newOrganization, refreshed } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const verifiedEvents = async ({ userId }: Person) =>
  (await service.outbox('huleedu.identity.email.verified.v1')).filter(({ user_id }) => user_id === userId);
const unprove = ({ userId }: Person) =>
  service.sql('update users set email_verified_at = null where user_id = $1', [userId]);

describe('an account with an unproved address', () => {
  it('S56: has an organisation of its own, but can invite nobody until the address is proved', async () => {
    const person = await registerAndLogin(service, { organization_name: 'Elm School' });
    const [{ org_id }] = (await service.get('/v1/orgs', person.bearer)).body.orgs;
    const guest = newEmail();
    const refused = await invite(service, person, org_id, guest, ['member']);
    expect([refused.status, refused.body.code]).toEqual([403, 'EMAIL_NOT_VERIFIED']);
    expect(await service.sql('select from invitations where email_key = $1', [guest])).toEqual([]);

    const token = await mailedToken(service, person.email, 'verify_email');
    expect((await service.post('/v1/auth/verify-email', { token })).status).toBe(200);
    expect((await invite(service, person, org_id, guest, ['member'])).status).toBe(202);
  });

  it('S56: can give nobody a role and remove nobody, if an older version let it have members', async () => {
    const [owner, member] = [await registerAndLogin(service), await registerAndLogin(service)];
    const org = await newOrganization(service, owner);
    await join(service, owner, org, member, ['member']);
    await unprove(owner);
    const path = memberPath(org, member);
    for (const answer of [
      await service.put(path, { roles: ['owner'] }, owner.bearer),
      await service.delete(path, undefined, owner.bearer),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'EMAIL_NOT_VERIFIED']);
    }
    expect((await service.delete(path, undefined, member.bearer)).status).toBe(204);
  });

  it('S56: lets nobody in by an invitation that it sent under an older version', async () => {
    const [owner, guest] = [await registerAndLogin(service), await registerAndLogin(service)];
    const org = await newOrganization(service, owner);
    await invite(service, owner, org, guest.email, ['member']);
    await unprove(owner);
    const answer = await accept(service, guest, await mailedToken(service, guest.email, 'invitation'));
    expect(answer.body.code).toBe('INVITATION_TOKEN_INVALID');
  });

  it('S56: accepts an invitation by the link mailed to its address, which proves the address', async () => {
    const [owner, guest, other] = await Promise.all([1, 2, 3].map(() => registerAndLogin(service)));
    if (!owner || !guest || !other) throw new Error('somebody is missing');
    const org = await newOrganization(service, owner);
    await invite(service, owner, org, guest.email, ['teacher']);
    const token = await mailedToken(service, guest.email, 'invitation');
    expect((await accept(service, other, token)).body.code).toBe('FORBIDDEN');
    expect(await verifiedEvents(other)).toEqual([]);

    expect((await accept(service, guest, token)).status).toBe(200);
    expect(claimsOf(await refreshed(service, guest)).email_verified).toBe(true);
    expect(await verifiedEvents(guest)).toHaveLength(1);
    expect((await service.audit(guest.userId)).map(({ action }) => action)).toContain('email.verified');
  });

  it('S53: exports from where it was registered, until the address is proved', async () => {
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    const email = newEmail();
    const password = 'correct horse battery staple';
    await service.post('/v1/auth/register', { email, password }, headers);
    const { access_token } = (await service.post('/v1/auth/login', { email, password })).body;
    const exported = async () =>
      (await service.get('/v1/auth/me/export', { authorization: `Bearer ${access_token}` })).body.profile;
    expect(await exported()).toMatchObject({
      source: 'registration',
      registered_from: { ip_address: expect.any(String), user_agent: headers['user-agent'] },
    });
    const token = await mailedToken(service, email, 'verify_email');
    await service.post('/v1/auth/verify-email', { token });
    expect(await exported()).toMatchObject({ email_verified: true, registered_from: null });
    expect(await service.dump()).not.toContain('Firefox/140.0');
  });
});
