/** No statement reads a growing table from beginning to end: not those of functions, triggers or foreign keys. */
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { everyJourney } from '../support/every-journey.ts';
import { explainStatements, type PlanNode, type SentStatement, watchStatements } from '../support/sent-statements.ts';
import { type Service, startService } from '../support/service.ts';

const growing = [
  'audit_log',
  'authorization_codes',
  'client_logos',
  'client_secrets',
  'clients',
  'consents',
  'deleted_statuses',
  'device_codes',
  'email_changes',
  'event_outbox',
  'event_sequences',
  'factors',
  'inbox',
  'invitations',
  'login_failures',
  'mails',
  'memberships',
  'one_time_tokens',
  'organizations',
  'pushed_requests',
  'rate_limits',
  'registration_tokens',
  'removed_clients',
  'sessions',
  'suppressed_addresses',
  'used_once',
  'users',
];

/** Rows that one statement may touch, of 20,000 in a table. The relay's batch bounds its own statements. */
const MOST_ROWS = 40;
const ofRelay = /\blease_id\b/;
/** So does that of the exporting job: a batch is 1,000 entries, and a part is counted once a day. */
const ofExport = /\baudit_exports\b|a\.entry_id <= /;

let service: Service;
const watch = watchStatements();
/** The growing tables, or the partition that is theirs now; the others are empty. */
let full: string[];
let scansBefore: Record<string, number>;
let calls: Record<string, number>;

beforeAll(async () => {
  // With limits that nothing reaches, so that their statements are sent, too.
  service = await startService({
    settings: {
      rateLimiting: 'on',
      rateLimits: generous,
      emailLogin: 'on',
      mailAsSecondFactor: 'level2',
      registration: { clients: 'open' },
      statusListSeconds: 60,
    },
  });
  const rows = readFileSync(new URL('../support/large-tables.sql', import.meta.url), 'utf8');
  await asSuperuser((client) => client.query(rows));
  // Vacuumed, too: autovacuum would summarize the BRIN indexes during the journeys, which counts as reading.
  await service.sql('vacuum analyze');
  // The reads of filling the tables are counted now, and not during the journeys.
  await service.sql('select pg_stat_force_next_flush()');
  await asSuperuser(async (client) => {
    for (const sql of explainStatements(service.database.name)) await client.query(sql);
  });
  const leaves = await service.sql(`
    select relname as name
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and reltuples >= 1000`);
  full = leaves.map(({ name }) => name);
  scansBefore = await sequentialScans();
  service.endpoint.resetCalls();
  await everyJourney(service);
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
  mailPerDevice: none,
  emailCodePerLogin: none,
  mailPerIp: none,
  tokenGuessPerIp: none,
  codePerAccount: none,
  codePerAccountDaily: none,
  factorGuess: none,
  factorGuessDaily: none,
  passwordPerLink: none,
  passwordPerSession: none,
  invitationPerUser: none,
  registrationPerIp: none,
  registrationInAll: none,
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
      and relname not in ('schema_migrations', 'event_sequence_floor', 'audit_exports', 'passkey_domain')
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
  const executed = watch.executed().filter(({ text }) => !(ofRelay.test(text) || ofExport.test(text)));
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
