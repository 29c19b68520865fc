import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/aws/data-api.ts';
import { mailedToken } from '../support/mailbox.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { join, makeAdmin, memberPath, newOrganization } from '../support/organizations.ts';
import { databaseOf } from '../support/outbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

/** PostgreSQL's class 42, insufficient_privilege. */
const INSUFFICIENT_PRIVILEGE = 'SQLState: 42501';

let service: Service;
let admin: Person;

beforeAll(async () => {
  service = await startService();
  admin = await makeAdmin(service, await registerAndLogin(service));
});
afterAll(() => service.stop());

describe('S54: the audit log', () => {
  it('has an entry for every security event: what, whose, by whom, from where, in which request', async () => {
    const person = await registerAndLogin(service);
    const colleague = await registerAndLogin(service);
    const say = (path: string, body?: object, headers?: Record<string, string>) => service.post(path, body, headers);
    const { email, userId } = person;

    await say('/v1/auth/verify-email', { token: await mailedToken(service, email, 'verify_email') });
    await say('/v1/auth/request-email-verification', { email: colleague.email });
    const org = await newOrganization(service, person);
    await join(service, person, org, colleague, ['member']);
    await service.put(memberPath(org, colleague), { roles: ['teacher'] }, person.bearer);
    await service.delete(memberPath(org, colleague), undefined, person.bearer);
    await service.get('/v1/auth/me/export', person.bearer);
    const second = await person.loginAgain();
    await say('/v1/auth/logout', { refresh_token: second.refreshToken });
    await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken });
    service.setClockOffset(60);
    await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken });
    const third = await person.loginAgain();
    const password = 'another horse battery staple';
    await say('/v1/auth/change-password', { current_password: person.password, new_password: password }, third.bearer);
    await say('/v1/auth/request-password-reset', { email });
    const token = await mailedToken(service, email, 'reset_password');
    await say('/v1/auth/reset-password', { token, new_password: person.password });
    for (let failure = 0; failure < 5; failure++) await say('/v1/auth/login', { email, password: 'wrong, all wrong' });
    const support = await admin.loginAgain();
    const about = `/v1/admin/users/${userId}`;
    await service.get(about, support.bearer);
    await say(`${about}/unlock`, undefined, support.bearer);
    await say(`${about}/lock`, {}, support.bearer);
    await say(`${about}/revoke-sessions`, undefined, support.bearer);
    await service.get(`${about}/audit`, support.bearer);
    await service.delete('/v1/auth/me', { password: colleague.password }, (await colleague.loginAgain()).bearer);
    service.setClockOffset(0);

    const entries = [...(await service.audit(userId)), ...(await service.audit(colleague.userId))];
    expect(new Set(entries.map(({ action }) => action))).toEqual(
      new Set([
        'account.deleted',
        'account.exported',
        'account.locked',
        'account.unlocked',
        'admin.audit.viewed',
        'admin.sessions.revoked',
        'admin.user.viewed',
        'email.verification_requested',
        'email.verified',
        'login.failed',
        'login.succeeded',
        'org.created',
        'org.member.added',
        'org.member.invited',
        'org.member.removed',
        'org.member.roles.changed',
        'password.changed',
        'password.reset',
        'password.reset_requested',
        'session.revoked',
        'user.registered',
      ]),
    );
    for (const entry of entries) {
      expect(entry.correlation_id).toMatch(/^[0-9a-f-]{36}$/);
      if (entry.user_id === userId) expect(entry.ip_address).toBe('127.0.0.1');
      const byAdmin = /^(admin\.|account\.unlocked)/.test(entry.action);
      if (byAdmin) expect(entry.actor_id).toBe(admin.userId);
    }
    const text = JSON.stringify(entries);
    for (const secret of [email, colleague.email, person.password, person.refreshToken]) {
      expect(text).not.toContain(secret);
    }
  });

  it('is read by administrators a page at a time, the newest first, each entry once', async () => {
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

  it('gives every entry as a line of JSON, in the order of writing', async () => {
    await service.sql(
      `insert into audit_log (occurred_at, action, correlation_id)
      select '2020-01-01', 'test.exported', gen_random_uuid()
      from generate_series(1, 2100)`,
    );
    const ids = (await exported()).map(({ entry_id }) => entry_id);
    const inLog = await service.sql('select entry_id from audit_log order by entry_id');
    expect(ids).toEqual(inLog.map(({ entry_id }) => entry_id));
    const ofThen = await exported('--since', '2019-12-31', '--until', '2020-01-02T00:00:00Z');
    expect(new Set(ofThen.map(({ action }) => action))).toEqual(new Set(['test.exported']));
    await service.sql(`delete from audit_log where action = 'test.exported'`);
  });

  it.each(['import', 'export --since yesterday', 'export more'])('refuses %s', async (args) => {
    const { code, error } = await operatorCommand(service, ['audit.ts', ...args.split(' ')]);
    expect([code, error.trim().split('\n')]).toEqual([1, [expect.stringMatching(/\S/)]]);
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
  it('removes entries past the setting, and by no means one of the last 90 days', async () => {
    await service.sql(
      `insert into audit_log (occurred_at, action, correlation_id)
      select now() - age, 'test.aged', gen_random_uuid()
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
