/** The owner of the mailbox takes the account from the person who registered the address before them (S57). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverMail, mailedToken, mailTo } from '../support/mailbox.ts';
import { accept, invite, newOrganization } from '../support/organizations.ts';
import { login, newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const ownersPassword = 'what the owner of the mailbox chose';
const squat = (email = newEmail()) => registerAndLogin(service, { email, organization_name: 'Squat' });
const reset = (token: string) => service.post('/v1/auth/reset-password', { token, new_password: ownersPassword });
const of = async ({ userId }: Person, topic: string) =>
  (await service.outbox(topic)).filter(({ user_id }) => user_id === userId);
const orgOf = async ({ bearer }: Pick<Person, 'bearer'>) => (await service.get('/v1/orgs', bearer)).body.orgs;

/** What the person who registered the address can still do with everything that they had. */
async function leftTo(squatter: Person, org: string) {
  const { refreshToken, bearer, email, password } = squatter;
  return {
    refresh: (await service.post('/v1/auth/refresh', { refresh_token: refreshToken })).status,
    me: (await service.get('/v1/auth/me', bearer)).status,
    login: (await service.post('/v1/auth/login', { email, password })).status,
    invite: (await invite(service, squatter, org, newEmail(), ['member'])).status,
    rename: (await service.put('/v1/auth/me', { display_name: 'Mine' }, bearer)).status,
    found: (await service.post('/v1/orgs', { name: 'Mine' }, bearer)).status,
    link: (await service.post('/v1/auth/request-email-verification', {}, bearer)).status,
  };
}
const NOTHING = { refresh: 401, me: 401, login: 401, invite: 401, rename: 401, found: 401, link: 401 };

describe('an account that somebody else registered', () => {
  it('S57: is claimed by a reset: everything from before ends, the id and its organisation stay', async () => {
    const squatter = await squat();
    const [{ org_id }] = await orgOf(squatter);
    const older = await mailedToken(service, squatter.email, 'verify_email');
    await service.post('/v1/auth/request-password-reset', { email: squatter.email });
    expect((await reset(await mailedToken(service, squatter.email, 'reset_password'))).status).toBe(200);

    expect(await leftTo(squatter, org_id)).toEqual(NOTHING);
    expect((await service.post('/v1/auth/verify-email', { token: older })).status).toBe(400);
    const owner = await login(service, { email: squatter.email, password: ownersPassword });
    expect((await service.get('/v1/auth/me', owner.bearer)).body).toMatchObject({
      user_id: squatter.userId,
      email_verified: true,
    });
    expect(await orgOf(owner)).toMatchObject([{ org_id, roles: ['owner'] }]);
    expect(await of(squatter, 'huleedu.identity.account.claimed.v1')).toEqual([
      { user_id: squatter.userId, claimed_at: expect.any(String), correlation_id: expect.any(String) },
    ]);
    expect(await of(squatter, 'huleedu.identity.email.verified.v1')).toHaveLength(1);
    expect((await service.audit(squatter.userId)).map(({ action }) => action)).toContain('account.claimed');
  });

  it('S57: is claimed by registering: the owner gets the usual answer, and a link to set a password', async () => {
    const squatter = await squat();
    const [{ org_id }] = await orgOf(squatter);
    const registration = { email: squatter.email, password: ownersPassword };
    const answer = await service.post('/v1/auth/register', registration);
    const anybody = await service.post('/v1/auth/register', { ...registration, email: newEmail() });
    expect(answer.status).toBe(201);
    expect({ ...answer.body, user_id: '', email: '' }).toEqual({ ...anybody.body, user_id: '', email: '' });
    expect(answer.body.user_id).not.toBe(squatter.userId);
    expect((await service.post('/v1/auth/login', registration)).status).toBe(401);

    await deliverMail(service);
    expect(mailTo(service, squatter.email).map(({ Tags }) => Tags?.[0]?.Value)).not.toContain('already_registered');
    expect((await reset(await mailedToken(service, squatter.email, 'reset_password'))).status).toBe(200);
    expect(await leftTo(squatter, org_id)).toEqual(NOTHING);
    expect((await service.post('/v1/auth/login', registration)).status).toBe(200);
  });

  it.each(['reset', 'not mine'])(
    'S67: the person who registered it voids no link by changing the password: %s',
    async (wish) => {
      const squatter = await squat();
      const verification = await mailedToken(service, squatter.email, 'verify_email');
      await service.post('/v1/auth/request-password-reset', { email: squatter.email });
      const token = await mailedToken(service, squatter.email, 'reset_password');
      const change = { current_password: squatter.password, new_password: 'another correct horse battery' };
      expect((await service.post('/v1/auth/change-password', change, squatter.bearer)).status).toBe(204);
      if (wish === 'reset') {
        expect((await reset(token)).status).toBe(200);
        expect((await service.post('/v1/auth/verify-email', { token: verification })).status).toBe(400);
      } else {
        const form = new URLSearchParams({ token: verification, answer: 'not_mine' }).toString();
        await service.send('POST', '/verify-email', form, { 'content-type': 'application/x-www-form-urlencoded' });
        expect(await service.sql('select from users where user_id = $1', [squatter.userId])).toEqual([]);
      }
      expect((await service.get('/v1/auth/me', squatter.bearer)).status).toBe(401);
    },
  );

  it.each(['deletes it', 'learns that it is not theirs'])(
    'S56: the person who registered it neither sees nor removes an invitation of the mailbox, when one of the two %s',
    async (end) => {
      const [owner, squatter] = [await registerAndLogin(service), await squat()];
      const org = await newOrganization(service, owner);
      await invite(service, owner, org, squatter.email, ['teacher']);
      const invitation = await mailedToken(service, squatter.email, 'invitation');
      expect((await service.get('/v1/auth/me/export', squatter.bearer)).body.invitations).toEqual([]);
      if (end === 'deletes it') {
        const answer = await service.delete('/v1/auth/me', { password: squatter.password }, squatter.bearer);
        expect(answer.status).toBe(204);
      } else {
        const token = await mailedToken(service, squatter.email, 'verify_email');
        const form = new URLSearchParams({ token, answer: 'not_mine' }).toString();
        await service.send('POST', '/verify-email', form, { 'content-type': 'application/x-www-form-urlencoded' });
      }
      const invited = await registerAndLogin(service, { email: squatter.email });
      expect((await accept(service, invited, invitation)).status).toBe(200);
    },
  );

  it('S56: an invitation reaches the mailbox although the person who registered it deletes the account', async () => {
    const [owner, squatter] = [await registerAndLogin(service), await squat()];
    await invite(service, owner, await newOrganization(service, owner), squatter.email, ['teacher']);
    await service.delete('/v1/auth/me', { password: squatter.password }, squatter.bearer);
    expect(await mailedToken(service, squatter.email, 'invitation')).toBeTruthy();
  });

  it('S57: is claimed once; a reset by an owner who has proved the address claims nothing', async () => {
    const person = await squat();
    const token = await mailedToken(service, person.email, 'verify_email');
    await service.post('/v1/auth/verify-email', { token });
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    expect((await reset(await mailedToken(service, person.email, 'reset_password'))).status).toBe(200);
    expect(await of(person, 'huleedu.identity.account.claimed.v1')).toEqual([]);
    expect(await of(person, 'huleedu.identity.email.verified.v1')).toHaveLength(1);
  });
});

it('S59: an account whose address is typed in another spelling gets its mail at the address that it has', async () => {
  const person = await squat();
  const token = await mailedToken(service, person.email, 'verify_email');
  await service.post('/v1/auth/verify-email', { token });
  const typed = person.email.replace('person', 'PERSON');
  await service.post('/v1/auth/register', { email: typed, password: ownersPassword });
  await deliverMail(service);
  expect(mailTo(service, typed)).toEqual([]);
  expect(mailTo(service, person.email).map(({ Tags }) => Tags?.[0]?.Value)).toContain('already_registered');
  const [notice] = (await service.outbox('huleedu.email.notification.requested.v1')).filter(
    ({ template_id, to }) => template_id === 'already_registered' && to === person.email,
  );
  expect(notice).toBeDefined();
});
