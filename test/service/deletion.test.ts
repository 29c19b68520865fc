import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contendFor } from '../support/contention.ts';
import { deliverMail, mailTo } from '../support/mailbox.ts';
import { invite, join, newOrganization, proveAddress } from '../support/organizations.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;

beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const deleteMe = (person: Person, password = person.password) =>
  service.delete('/v1/auth/me', { password }, person.bearer);
const exists = async ({ userId }: Person) =>
  (await service.sql('select from users where user_id = $1', [userId])).length === 1;

describe('deleting the own account', () => {
  it('S53: leaves its id in the audit log, and nothing of the person in any table', async () => {
    const owner = await registerAndLogin(service);
    const person = await registerAndLogin(service, {
      person_name: {
        first_name: 'Thorbjörg',
        last_name: 'Kalliokoski',
        legal_full_name: 'Thorbjörg Iðunn Kalliokoski',
      },
      organization_name: 'Kalliokoski Tutoring',
    });
    await proveAddress(service, person);
    await service.put('/v1/auth/me', { display_name: 'Tobbe the Great' }, person.bearer);
    await person.loginAgain({ device_name: 'Tobbes telefon' }, { 'user-agent': 'TobbeBrowser/1.0' });
    // Sent and unsent events, with the address as typed and in other spellings; failures; an invitation.
    await service.post('/v1/auth/login', { email: person.email.toUpperCase(), password: 'wrong, all wrong' });
    await deliverMail(service);
    await service.post('/v1/auth/login', { email: person.email.toUpperCase(), password: 'wrong, all wrong' });
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const org = await newOrganization(service, owner);
    await invite(service, owner, org, person.email.replace('person', 'Person'), ['member']);
    const personal = [person.email, 'Thorbjörg', 'Kalliokoski', 'Tobbe', 'wrong, all wrong'];
    const before = (await service.dump()).toLowerCase();
    expect(personal.filter((text) => before.includes(text.toLowerCase()))).toEqual(personal.slice(0, 4));

    expect((await deleteMe(person)).status).toBe(204);

    const after = (await service.dump()).toLowerCase();
    expect(personal.filter((text) => after.includes(text.toLowerCase()))).toEqual([]);
    const entries = await service.audit(person.userId);
    expect(entries.map(({ action }) => action)).toContain('account.deleted');
    expect(entries.filter(({ ip_address }) => ip_address !== null)).toEqual([]);
    const deleted = await service.outbox('huleedu.identity.account.deleted.v1');
    expect(deleted.map(({ user_id }) => user_id)).toContain(person.userId);
  });

  it('S22: ends every session at once', async () => {
    const person = await registerAndLogin(service);
    const second = await person.loginAgain();
    await deleteMe(person);
    for (const { refreshToken, accessToken } of [person, second]) {
      expect((await service.post('/v1/auth/refresh', { refresh_token: refreshToken })).status).toBe(401);
      const { body } = await service.post('/v1/auth/introspect', { token: accessToken }, service.iamHeaders);
      expect(body).toEqual({ active: false });
    }
    expect((await service.get('/v1/auth/me', second.bearer)).status).toBe(401);
    const login = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    expect(login.status).toBe(401);
  });

  it('sends no more mail to the address, and the address may register again', async () => {
    const person = await registerAndLogin(service);
    await deliverMail(service);
    const mails = mailTo(service, person.email).length;
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    await deleteMe(person);
    await deliverMail(service);
    expect(mailTo(service, person.email)).toHaveLength(mails);
    const again = await registerAndLogin(service, { email: person.email });
    expect(again.userId).not.toBe(person.userId);
  });

  it('needs the password, and counts a wrong one as a failed login (S10)', async () => {
    const person = await registerAndLogin(service);
    for (let failure = 0; failure < 5; failure++) {
      expect((await deleteMe(person, 'wrong, all wrong')).body.code).toBe('INVALID_CREDENTIALS');
    }
    const locked = await deleteMe(person);
    expect([locked.status, locked.body.code]).toEqual([429, 'ACCOUNT_LOCKED']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await exists(person)).toBe(true);
  });
});

describe('an organisation', () => {
  it('is deleted with an owner who was alone in it', async () => {
    const person = await registerAndLogin(service, { organization_name: 'Lonely School' });
    await deleteMe(person);
    expect(await service.sql(`select from organizations where name = 'Lonely School'`)).toEqual([]);
    expect(await service.outbox('huleedu.identity.org.member.removed.v1')).toContainEqual(
      expect.objectContaining({ user_id: person.userId, roles: ['owner'] }),
    );
  });

  it('with other members keeps its only owner, until there is another', async () => {
    const owner = await registerAndLogin(service);
    const member = await registerAndLogin(service);
    const org = await newOrganization(service, owner);
    await join(service, owner, org, member, ['member']);
    const refused = await deleteMe(owner);
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    await service.put(`/v1/orgs/${org}/members/${member.userId}`, { roles: ['owner'] }, owner.bearer);
    expect((await deleteMe(owner)).status).toBe(204);
    expect((await service.get('/v1/orgs', member.bearer)).body.orgs).toMatchObject([{ org_id: org, roles: ['owner'] }]);
  });

  it('keeps one of two owners who delete themselves at the same moment, for its members', async () => {
    const [first, second, member] = await Promise.all([
      registerAndLogin(service),
      registerAndLogin(service),
      registerAndLogin(service),
    ]);
    const org = await newOrganization(service, first);
    await join(service, first, org, second, ['owner']);
    await join(service, first, org, member, ['member']);
    const answers = await contendFor(service, `select from memberships where org_id = '${org}' for update`, [
      () => deleteMe(first),
      () => deleteMe(second),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
  });
});

describe('exporting', () => {
  it('S85: requires the password again five minutes after it was given, and continues where it was', async () => {
    const person = await registerAndLogin(service);
    await service.sql(
      `insert into audit_log (occurred_at, action, user_id, ip_address, correlation_id)
      select now(), 'login.succeeded', $1, '2001:db8::1', gen_random_uuid() from generate_series(1, 400)`,
      [person.userId],
    );
    const page = (cursor: string | null, { authorization } = person.bearer) =>
      service.get(`/v1/auth/me/export${cursor ? `?cursor=${cursor}` : ''}`, { authorization });
    const first = await page(null);
    expect(first.status).toBe(200);
    try {
      service.setClockOffset(301);
      for (const cursor of [null, first.body.next_cursor]) {
        const late = await page(cursor);
        expect([late.status, late.body.code, late.body.max_age]).toEqual([403, 'REAUTHENTICATION_REQUIRED', 300]);
      }
      // A refresh does not count as giving the password.
      const { access_token } = (await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken })).body;
      const refreshed = { authorization: `Bearer ${access_token}` };
      expect((await page(null, refreshed)).status).toBe(403);

      const again = await service.post('/v1/auth/reauthenticate', { password: person.password }, refreshed);
      expect(again.status).toBe(200);
      const rest = await page(first.body.next_cursor);
      expect(rest.status).toBe(200);
      const entries = [first, rest].flatMap(({ body }) =>
        body.audit.map(({ entry_id }: { entry_id: string }) => entry_id),
      );
      expect(new Set(entries).size).toBe(entries.length);
      expect(entries.length).toBeGreaterThanOrEqual(402);
    } finally {
      service.setClockOffset(0);
    }
  });

  it('returns everything that is stored about the caller', async () => {
    const person = await registerAndLogin(service, {
      person_name: { first_name: 'Ada', last_name: 'Larsson', legal_full_name: 'Ada Maria Larsson' },
      organization_name: 'Oak School',
      locale: 'sv',
    });
    await proveAddress(service, person);
    const owner = await registerAndLogin(service);
    await invite(service, owner, await newOrganization(service, owner), person.email, ['teacher']);
    await person.loginAgain({ device_name: 'phone' });
    const { status, body } = await service.get('/v1/auth/me/export', person.bearer);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      profile: {
        user_id: person.userId,
        email: person.email,
        locale: 'sv',
        person_name: { first_name: 'Ada', legal_full_name: 'Ada Maria Larsson' },
      },
      memberships: [{ name: 'Oak School', roles: ['owner'] }],
      invitations: [{ email: person.email, roles: ['teacher'] }],
      next_cursor: null,
    });
    // In no order: a thread whose clock a test before had moved makes ids above those of the others.
    const devices = body.sessions.map(({ device_name }: { device_name: string | null }) => device_name);
    expect(new Set(devices)).toEqual(new Set(['phone', null]));
    const actions = body.audit.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(['user.registered', 'login.succeeded']));
  });

  it('cuts nothing of an account with much data: pages continue by their cursor', async () => {
    const person = await registerAndLogin(service);
    await service.sql(
      `insert into audit_log (occurred_at, action, user_id, ip_address, correlation_id, detail)
      select now(), 'login.succeeded', $1, '2001:db8::1', gen_random_uuid(), jsonb_build_object('session_id', gen_random_uuid())
      from generate_series(1, 1100)`,
      [person.userId],
    );
    await service.sql(
      `insert into sessions (session_id, user_id, password_epoch, user_agent, ip_address, current_hash, rotated_at,
        created_at, last_seen_at, idle_expires_at, expires_at)
      select gen_random_uuid(), $1, 0, repeat('å', 500), '2001:db8::1', '', now(), now(), now(), now(), now()
      from generate_series(1, 400)`,
      [person.userId],
    );
    const ids = new Set<string>();
    const sessions: string[] = [];
    let pages = 0;
    let query = '';
    do {
      const { body } = await service.get(`/v1/auth/me/export${query}`, person.bearer);
      for (const { entry_id } of body.audit) ids.add(entry_id);
      sessions.push(...body.sessions.map(({ session_id }: { session_id: string }) => session_id));
      query = body.next_cursor === null ? '' : `?cursor=${body.next_cursor}`;
      pages++;
    } while (query !== '');
    expect(pages).toBe(6);
    expect(ids.size).toBeGreaterThanOrEqual(1102);
    expect(sessions).toHaveLength(401);
    expect(new Set(sessions).size).toBe(401);
  });
});
