import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { LOOPBACK } from '../support/loopback.ts';
import { mailedToken } from '../support/mailbox.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { join, makeAdmin, memberPath, newOrganization } from '../support/organizations.ts';
import { databaseOf } from '../support/outbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

/** PostgreSQL's class 42, insufficient_privilege. */
const INSUFFICIENT_PRIVILEGE = 'SQLState: 42501';

let service: Service;
let admin: Person;

beforeAll(async () => {
  service = await sharedService();
  admin = await makeAdmin(service, await registerAndLogin(service));
});
afterAll(() => service.stop());

describe('S54: the audit log', () => {
  /** What was done to a person, once each; every entry must name the origin and the request, and no secret. */
  async function actionsOf({ userId, email, password, refreshToken }: Person): Promise<string[]> {
    const entries = await service.audit(userId);
    for (const { ip_address, correlation_id } of entries) {
      expect([ip_address, correlation_id]).toEqual([
        expect.stringMatching(LOOPBACK),
        expect.stringMatching(/^[0-9a-f-]{36}$/),
      ]);
    }
    const text = JSON.stringify(entries);
    for (const secret of [email, password, refreshToken]) expect(text).not.toContain(secret);
    return [...new Set(entries.map(({ action }) => action))].toSorted();
  }

  it('has an entry for every event of an account', async () => {
    const person = await registerAndLogin(service);
    const { email } = person;
    await service.post('/v1/auth/request-email-verification', { email });
    await service.post('/v1/auth/verify-email', { token: await mailedToken(service, email, 'verify_email') });
    const password = 'another horse battery staple';
    const change = { current_password: person.password, new_password: password };
    await service.post('/v1/auth/change-password', change, person.bearer);
    await service.post('/v1/auth/request-password-reset', { email });
    const token = await mailedToken(service, email, 'reset_password');
    await service.post('/v1/auth/reset-password', { token, new_password: person.password });
    for (let failure = 0; failure < 5; failure++) {
      await service.post('/v1/auth/login', { email, password: 'wrong, all wrong' });
    }
    expect(await actionsOf(person)).toEqual([
      'account.locked',
      'email.verification_requested',
      'email.verified',
      'login.failed',
      'login.succeeded',
      'password.changed',
      'password.reset',
      'password.reset_requested',
      'session.revoked',
      'user.registered',
    ]);
  });

  it('has an entry for every end of a session, with its reason', async () => {
    const person = await registerAndLogin(service);
    const stolen = await person.loginAgain();
    await service.post('/v1/auth/logout', { refresh_token: person.refreshToken });
    await service.post('/v1/auth/refresh', { refresh_token: stolen.refreshToken });
    service.setClockOffset(60);
    await service.post('/v1/auth/refresh', { refresh_token: stolen.refreshToken });
    service.setClockOffset(0);
    const revoked = (await service.audit(person.userId)).filter(({ action }) => action === 'session.revoked');
    expect(revoked.map(({ detail }) => detail)).toEqual([
      { session_id: person.sessionId, reason: 'logout' },
      { session_id: stolen.sessionId, reason: 'reuse_detected' },
    ]);
  });

  it('has an entry for every change in an organisation, by whom', async () => {
    const owner = await registerAndLogin(service);
    const member = await registerAndLogin(service);
    const org = await newOrganization(service, owner);
    await join(service, owner, org, member, ['member']);
    await service.put(memberPath(org, member), { roles: ['teacher'] }, owner.bearer);
    await service.delete(memberPath(org, member), undefined, owner.bearer);
    expect(await actionsOf(owner)).toEqual(expect.arrayContaining(['org.created', 'org.member.invited']));
    const changes = (await service.audit(member.userId)).filter(({ action }) => action.startsWith('org.'));
    expect(changes.map(({ action, actor_id, detail }) => [action, actor_id, detail.roles])).toEqual([
      ['org.member.added', null, ['member']],
      ['org.member.roles.changed', owner.userId, ['teacher']],
      ['org.member.removed', owner.userId, ['teacher']],
    ]);
  });

  it('has an entry for everything an administrator does, and for export and deletion', async () => {
    const person = await registerAndLogin(service);
    const about = `/v1/admin/users/${person.userId}`;
    await service.get('/v1/auth/me/export', person.bearer);
    await service.get(about, admin.bearer);
    await service.post(`${about}/revoke-sessions`, undefined, admin.bearer);
    await service.post(`${about}/lock`, {}, admin.bearer);
    await service.post(`${about}/unlock`, undefined, admin.bearer);
    await service.get(`${about}/audit`, admin.bearer);
    const { bearer } = await person.loginAgain();
    const before = await service.audit(person.userId);
    expect(before.filter(({ actor_id }) => actor_id === admin.userId).map(({ action }) => action)).toEqual([
      'admin.user.viewed',
      'admin.sessions.revoked',
      'account.locked',
      'account.unlocked',
      'admin.audit.viewed',
    ]);
    expect(before.map(({ action }) => action)).toContain('account.exported');
    await service.delete('/v1/auth/me', { password: person.password }, bearer);
    expect((await service.audit(person.userId)).at(-1)).toMatchObject({ action: 'account.deleted', ip_address: null });
  });

  it('can be read by administrators a page at a time, the newest first, each entry once', async () => {
    const person = await registerAndLogin(service);
    for (let more = 0; more < 3; more++) await person.loginAgain();
    const seen: { entry_id: string; action: string }[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await service.get(`/v1/admin/users/${person.userId}/audit${query}`, admin.bearer);
      seen.push(...body.entries);
      if (body.next_cursor === null) break;
      query = `?limit=2&cursor=${body.next_cursor}`;
    }
    const ids = seen.map(({ entry_id }) => entry_id);
    expect(ids).toEqual([...new Set(ids)].toSorted().reverse());
    const ofPerson = seen.map(({ action }) => action).filter((action) => action !== 'admin.audit.viewed');
    expect(ofPerson.at(-1)).toBe('user.registered');
    expect(ofPerson.filter((action) => action === 'login.succeeded')).toHaveLength(4);
  });
});

describe('npm run audit -- export', () => {
  const exported = async (...args: string[]) => {
    const { out } = await operatorCommand(service, ['audit.ts', 'export', ...args]);
    const lines = out.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line));
  };

  it('writes every entry as a line of JSON, in the order of writing', async () => {
    await service.sql(
      `insert into audit_log (entry_id, occurred_at, action, correlation_id)
      select uuidv7(timestamptz '2020-01-01' - clock_timestamp()), '2020-01-01', 'test.exported', gen_random_uuid()
      from generate_series(1, 2100)`,
    );
    const ids = (await exported()).map(({ entry_id }) => entry_id);
    const inLog = await service.sql('select entry_id from audit_log order by entry_id');
    expect(ids).toEqual(inLog.map(({ entry_id }) => entry_id));
    const ofThen = await exported('--since', '2019-12-31', '--until', '2020-01-02T00:00:00Z');
    expect(new Set(ofThen.map(({ action }) => action))).toEqual(new Set(['test.exported']));
    await service.sql(`delete from audit_log where action = 'test.exported'`);
  });

  it.each([
    'import',
    'export --since yesterday',
    'export --until +275760-01-01T00:00:00Z',
    'export --since=-000001-01-01T00:00:00Z',
    'export more',
  ])('refuses %s', async (args) => {
    const { code, error } = await operatorCommand(service, ['audit.ts', ...args.split(' ')]);
    expect([code, error.trim().split('\n')]).toEqual([1, [expect.not.stringMatching(/SQLState|^$/)]]);
  });
});

describe("the application's role", () => {
  let application: Database;

  beforeAll(async () => {
    application = await databaseOf(service);
  });

  it.each([
    'update audit_log set action = action',
    'delete from audit_log',
    'truncate audit_log',
    'select erase_audited_origin()',
  ])('S54: cannot change the log: %s', async (statement) => {
    await expect(application.query(statement)).rejects.toThrow(INSUFFICIENT_PRIVILEGE);
  });

  it.each([
    'alter table users add column anything text',
    'create table anything (id int)',
    'drop table sessions',
    'create function anything() returns int language sql return 1',
    'alter table audit_log disable trigger all',
    'create role anything',
    `update schema_migrations set checksum = ''`,
    'alter role current_user superuser',
  ])('S55: cannot alter the schema: %s', async (statement) => {
    await expect(application.query(statement)).rejects.toThrow(INSUFFICIENT_PRIVILEGE);
  });

  it('S55: has no right over the whole cluster, and owns nothing', async () => {
    const [role] = await application.query(
      `select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls as mighty,
        (select count(*) from pg_class where relowner = pg_roles.oid) as owned
      from pg_roles
      where rolname = current_user`,
    );
    expect(role).toEqual({ mighty: false, owned: 0 });
  });
});

describe('retention', () => {
  it('removes entries older than the setting, and never one of the last 90 days', async () => {
    await service.sql(
      `insert into audit_log (entry_id, occurred_at, action, correlation_id)
      select uuidv7(-age), now() - age, 'test.aged', gen_random_uuid()
      from unnest(array['401 days', '399 days', '89 days']::interval[]) as age`,
    );
    const aged = async () =>
      (
        await service.sql(
          `select round(extract(day from now() - occurred_at))::int as age from audit_log where action = 'test.aged' order by 1`,
        )
      ).map(({ age }) => age);
    await service.runJob('sweep');
    expect(await aged()).toEqual([89, 399]);
    const application = await databaseOf(service);
    const pruned = await application.query(`select prune_audit_log(now() + interval '10 years', 100) as removed`);
    expect(pruned).toEqual([{ removed: 1 }]);
    expect(await aged()).toEqual([89]);
  });
});
