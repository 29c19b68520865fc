/** No statement reads a growing table from beginning to end: not those of functions, triggers or foreign keys. */
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { MAIL_REQUESTED, notice, putEvent } from '../support/bus.ts';
import { simulated } from '../support/mail-feedback.ts';
import { mailedToken, mailTo } from '../support/mailbox.ts';
import { accept, invite, join, makeAdmin, memberPath, newOrganization, refreshed } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import { explainStatements, type PlanNode, type SentStatement, watchStatements } from '../support/sent-statements.ts';
import { type Answer, type Service, startService } from '../support/service.ts';

const growing = [
  'audit_log',
  'event_outbox',
  'event_sequences',
  'inbox',
  'invitations',
  'login_failures',
  'mails',
  'memberships',
  'one_time_tokens',
  'organizations',
  'rate_limits',
  'sessions',
  'suppressed_addresses',
  'users',
];

/** Rows that one statement may touch, of 20,000 in a table. The relay's batch bounds its own statements. */
const MOST_ROWS = 40;
const ofRelay = /\blease_id\b/;

let service: Service;
const watch = watchStatements();
/** The growing tables, or the partition that is theirs now; the others are empty. */
let full: string[];
let scansBefore: Record<string, number>;
let calls: Record<string, number>;

beforeAll(async () => {
  // With limits that nothing reaches, so that their statements are sent, too.
  service = await startService({ settings: { rateLimiting: 'on', rateLimits: generous } });
  await service.sql(readFileSync(new URL('../support/large-tables.sql', import.meta.url), 'utf8'));
  // Vacuumed, too: autovacuum would summarize the BRIN indexes during the journeys, which counts as reading.
  await service.sql('vacuum analyze');
  // The reads of filling the tables are counted now, and not during the journeys.
  await service.sql('select pg_stat_force_next_flush()');
  await asSuperuser((client) => Promise.all(explainStatements(service.database.name).map((sql) => client.query(sql))));
  const leaves = await service.sql(`
    select relname as name
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and reltuples >= 1000`);
  full = leaves.map(({ name }) => name);
  scansBefore = await sequentialScans();
  service.endpoint.resetCalls();
  await everyJourney();
  calls = service.endpoint.calls();
});
afterAll(async () => {
  watch.stop();
  await service.stop();
});

const none = { limit: 1_000, windowSeconds: 60 };
const generous = {
  loginPerAddress: none,
  loginPerDevice: none,
  loginPerIp: none,
  registerPerIp: none,
  mailPerAddress: none,
  mailPerIp: none,
  tokenGuessPerIp: none,
  codePerAccount: none,
  codePerAccountDaily: none,
  passwordPerLink: none,
  passwordPerSession: none,
  invitationPerUser: none,
};

it('knows every table as one that grows, and has filled it', async () => {
  const tables = await service.sql(`
    select
      relname as name,
      t.reltuples >= 1000 or exists (
        select from pg_inherits join pg_class part on part.oid = inhrelid
        where inhparent = t.oid and part.reltuples >= 1000
      ) as filled
    from pg_class t
    where
      relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p')
      and not relispartition
      and relname <> 'schema_migrations'
    order by relname`);
  expect(tables).toEqual(growing.map((name) => ({ name, filled: true })));
  expect(full).toHaveLength(growing.length);
});

it('sends one statement a call, and begins no transaction', () => {
  expect(Object.keys(calls).filter((call) => call.startsWith('rds-data.'))).toEqual(['rds-data.ExecuteStatement']);
});

it('plans no statement with a sequential scan of a growing table', async () => {
  const offenders: string[] = [];
  const sent = watch.statements().filter(isOfTables);
  expect(sent.length).toBeGreaterThan(35);
  for (const statement of sent) {
    const plan = await planOf(statement);
    const scanned = full.filter((table) => new RegExp(`Seq Scan on ${table}\\b`).test(plan));
    if (scanned.length > 0) offenders.push(`${scanned.join(', ')}:${statement.text}\n${plan}`);
  }
  expect(offenders).toEqual([]);
});

it('touches few of the many rows, triggers and foreign keys included', () => {
  const executed = watch.executed().filter(({ text }) => !ofRelay.test(text));
  expect(executed.length).toBeGreaterThan(100);
  const offenders = executed.flatMap(({ text, plan }) => {
    const rows = touchedBy(plan);
    return rows > MOST_ROWS ? [`${rows} rows:${text}`] : [];
  });
  expect(offenders).toEqual([]);
});

it('makes no sequential scan in triggers, foreign keys and functions of the database', async () => {
  const after = await sequentialScans();
  const scans = full.map((table) => [table, (after[table] ?? 0) - (scansBefore[table] ?? 0)] as const);
  expect(scans.filter(([, count]) => count > 0)).toEqual([]);
});

const isOfTables = ({ text }: SentStatement) => /\b(from|into|update)\s+\w/i.test(text);

/** The rows of growing tables that its scans looked at and that it changed. */
function touchedBy(node: PlanNode): number {
  const { 'Relation Name': table = '', Plans = [] } = node;
  const looked = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  return Plans.reduce((sum, plan) => sum + touchedBy(plan), full.includes(table) ? looked : 0);
}

async function planOf({ text, values }: { text: string; values: readonly unknown[] }): Promise<string> {
  const lines = await service.sql(`explain (costs off) ${text}`, [...values]);
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

/** Counts for each table, from the service's connections; open connections report theirs when they end. */
const sequentialScans = (): Promise<Record<string, number>> =>
  asSuperuser(async (client) => {
    await client.query(`
      select pg_terminate_backend(pid, 5000)
      from pg_stat_activity
      where datname = current_database() and application_name = 'rds-data-api'`);
    const { rows } = await client.query('select relname, seq_scan::integer from pg_stat_user_tables');
    return Object.fromEntries(rows.map(({ relname, seq_scan }) => [relname, seq_scan]));
  });

async function asSuperuser<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const { server } = inject('sharedPostgres');
  const client = new Client({ ...server, ...server.superuser, database: service.database.name });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Each route and job that has a statement, and each refusal that uses another statement. */
async function everyJourney(): Promise<void> {
  const person = await registerAndLogin(service, { organization_name: 'Norra skolan' });
  const admin = await makeAdmin(service, await registerAndLogin(service));
  await sessions(person);
  await links(person);
  await organizations(admin);
  await administration(admin, person);
  await mailOfAnotherService();
  await service.runJob('relay-outbox', { drain: true });
  await service.runJob('sweep', {});
}

async function expectStatus(status: number, answer: Promise<Answer>): Promise<Answer> {
  const got = await answer;
  expect(got).toMatchObject({ status });
  return got;
}

async function sessions({ email, password, loginAgain }: Person): Promise<void> {
  const post = (status: number, path: string, body: object, headers = {}) =>
    expectStatus(status, service.post(`/v1/auth/${path}`, body, headers));
  await post(401, 'login', { email, password: 'a wrong horse battery staple' });
  await post(401, 'login', { email: newEmail(), password });
  const first = await loginAgain({ device_name: 'laptop' });
  const second = await refreshed(service, first);
  await post(200, 'introspect', { token: second.accessToken }, service.iamHeaders);
  await post(200, 'introspect', { token: second.refreshToken }, service.iamHeaders);
  await expectStatus(200, service.get('/v1/auth/sessions', second.bearer));
  await expectStatus(200, service.get('/v1/auth/me', second.bearer));
  await expectStatus(200, service.put('/v1/auth/me', { display_name: 'M' }, second.bearer));
  await expectStatus(200, service.get('/v1/auth/me/export', second.bearer));
  const third = await loginAgain();
  await post(204, 'sessions/revoke', { session_id: third.sessionId }, second.bearer);
  await post(200, 'revoke', { token: (await loginAgain()).refreshToken });
  await post(204, 'logout', { refresh_token: (await loginAgain()).refreshToken });
  await post(200, 'reauthenticate', { password }, second.bearer);
  await post(204, 'change-password', { current_password: password, new_password: password }, second.bearer);
  await post(200, 'sessions/revoke-all', { keep_current: true }, second.bearer);
}

async function links({ userId, email, password }: Person): Promise<void> {
  const post = (path: string, body: object, status: number) =>
    expectStatus(status, service.post(`/v1/auth/${path}`, body));
  await post('register', { email, password }, 201);
  await post('request-email-verification', { email }, 202);
  await post('verify-email', { user_id: userId, code: '000000' }, 400);
  await post('verify-email', { token: await mailedToken(service, email, 'verify_email') }, 200);
  await post('register', { email, password }, 201);
  const other = { email: newEmail(), password, organization_name: 'Södra skolan' };
  await post('register', other, 201);
  const disowned = await mailedToken(service, other.email, 'verify_email');
  await expectStatus(200, service.get(`/verify-email?token=${disowned}`));
  const form = new URLSearchParams({ token: disowned, answer: 'not_mine' }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await expectStatus(200, service.send('POST', '/verify-email', form, headers));
  await post('request-password-reset', { email }, 202);
  const token = await mailedToken(service, email, 'reset_password');
  await post('reset-password', { token, new_password: password }, 200);
}

async function organizations(owner: Person): Promise<void> {
  const org = await newOrganization(service, owner);
  const member = await registerAndLogin(service);
  await join(service, owner, org, member, ['member']);
  await expectStatus(200, service.get('/v1/orgs', owner.bearer));
  await expectStatus(200, service.get(`/v1/orgs/${org}/members`, owner.bearer));
  await expectStatus(200, service.put(memberPath(org, member), { roles: ['teacher'] }, owner.bearer));
  await refreshed(service, member, org);
  await expectStatus(204, service.delete(memberPath(org, member), undefined, owner.bearer));
  // Accepted a second time, and by another person.
  await expectStatus(202, invite(service, owner, org, member.email, ['member']));
  const token = await mailedToken(service, member.email, 'invitation');
  expect((await accept(service, owner, token)).status).toBeGreaterThanOrEqual(400);
}

async function mailOfAnotherService(): Promise<void> {
  // Bounced at once.
  const data = notice(simulated('bounce'), 'notification', { subject: 's', body: 'b' });
  await putEvent(service, { source: 'huleedu.billing', topic: MAIL_REQUESTED, data });
  expect(mailTo(service, data.to)).toHaveLength(1);
}

async function administration(admin: Person, { email, userId, password }: Person): Promise<void> {
  const user = `/v1/admin/users/${userId}`;
  await expectStatus(200, service.get(`/v1/admin/users?email=${email}`, admin.bearer));
  await expectStatus(200, service.get(user, admin.bearer));
  await expectStatus(200, service.get(`${user}/audit`, admin.bearer));
  for (const action of ['lock', 'unlock', 'revoke-sessions']) {
    const { status } = await service.post(`${user}/${action}`, {}, admin.bearer);
    expect(status).toBeLessThan(300);
  }
  const { access_token } = (await service.post('/v1/auth/login', { email, password })).body;
  const bearer = { authorization: `Bearer ${access_token}` };
  await expectStatus(204, service.delete('/v1/auth/me', { password }, bearer));
}
