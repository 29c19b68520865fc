/**
 * Measures the most used routes on the local host, per request: calls to AWS, events, log lines, bytes, and the CPU time
 * of functions and of PostgreSQL. Linux only, as it reads /proc.
 */

import type { Counts, RouteName } from '../../lib/aws/cost.ts';
import { freshBundles } from '../../lib/local/fresh-bundles.ts';
import { type Host, startHost } from '../../lib/local/host.ts';
import type { LogLine } from '../../lib/local/runtime.ts';
import { cpuTimeOf } from './cpu-time.ts';

/** So many that a tick of the CPU's clock, 10 ms, counts for little. */
const TIMES = 150;
/** The first requests start the function, fetch what it caches, and are compiled. */
const WARM_UP = 20;
const PASSWORD = 'correct horse battery staple';

const logs: LogLine[] = [];

/** @param directory the folder for the host's data */
export async function measured(directory: string): Promise<Record<RouteName, Counts>> {
  const host = await startHost({
    port: 0,
    awsPort: 0,
    directory,
    bundles: await freshBundles(),
    schedules: false,
    // Requests are counted as in production, and never reach a limit.
    service: { rateLimits: { registerPerIp: { limit: 1_000 }, loginPerIp: { limit: 1_000 } } },
    onLog: (line) => logs.push(line),
  });
  return measureAll(host).finally(host.stop);
}

async function measureAll(host: Host): Promise<Record<RouteName, Counts>> {
  const people = Array.from({ length: TIMES }, (_, index) => ({
    email: `person-${index}@example.com`,
    password: PASSWORD,
  }));
  const sessions: { access_token: string; refresh_token: string }[] = [];
  const measured: Partial<Record<RouteName, Counts>> = {};
  let responseBytes = 0;
  const measure = async (name: RouteName, call: (index: number) => Promise<unknown>) => {
    measured[name] = await countsOf(host, call, () => responseBytes);
  };
  await measure('registration', (index) => post('/v1/auth/register', people[index]));
  await measure('login', async (index) => {
    sessions[index] = (await post('/v1/auth/login', people[index])) as (typeof sessions)[number];
  });
  await measure('refresh', (index) => post('/v1/auth/refresh', { refresh_token: sessions[index]?.refresh_token }));
  await measure('profile read', (index) => get('/v1/auth/me', sessions[index]?.access_token));
  await measure('key set fetched', () => get('/.well-known/jwks.json'));
  return measured as Record<RouteName, Counts>;

  async function post(path: string, body: unknown): Promise<unknown> {
    return answer(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
  async function get(path: string, token = ''): Promise<unknown> {
    return answer(path, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  }
  async function answer(path: string, init: RequestInit): Promise<unknown> {
    const response = await fetch(`${host.url}${path}`, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    const text = await response.text();
    const head = [...response.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
    responseBytes += head + Buffer.byteLength(text);
    return JSON.parse(text);
  }
}

async function countsOf(
  host: Host,
  call: (index: number) => Promise<unknown>,
  responseBytes: () => number,
): Promise<Counts> {
  for (let index = 0; index < WARM_UP; index++) await call(index);
  host.endpoint.resetCalls();
  const before = {
    ...(await databaseOf(host)),
    lines: logs.length,
    bytes: responseBytes(),
    cpu: cpuTimeOf(process.pid),
  };
  for (let index = WARM_UP; index < TIMES; index++) await call(index);
  const cpu = cpuTimeOf(process.pid);
  const after = await databaseOf(host);
  const calls = host.endpoint.calls();
  const lines = logs.slice(before.lines).map(({ line }) => line);
  const spent = (...parts: (keyof typeof cpu)[]) => parts.reduce((sum, part) => sum + cpu[part] - before.cpu[part], 0);
  const totals: Counts = {
    dataApi: calls['rds-data.ExecuteStatement'] ?? 0,
    kms: (calls['kms.Sign'] ?? 0) + (calls['kms.GetPublicKey'] ?? 0),
    events: after.events - before.events,
    functionMs: spent('functions', 'hashing and crypto', 'compiling and GC'),
    postgresMs: spent('PostgreSQL'),
    walBytes: after.walBytes - before.walBytes,
    logLines: lines.length,
    logBytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0),
    responseBytes: responseBytes() - before.bytes,
  };
  const requests = TIMES - WARM_UP;
  const perRequest = Object.entries(totals).map(([name, total]) => [name, Number((total / requests).toFixed(2))]);
  return Object.fromEntries(perRequest) as unknown as Counts;
}

/** Events in the outbox, where all stay since no relay runs here, and what was written to the log of the database. */
async function databaseOf(host: Host): Promise<{ events: number; walBytes: number }> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: host.database.connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ events: string; wal_bytes: string }>(
      "select (select count(*) from event_outbox) as events, pg_current_wal_lsn() - '0/0' as wal_bytes",
    );
    return { events: Number(rows[0]?.events), walBytes: Number(rows[0]?.wal_bytes) };
  } finally {
    await client.end();
  }
}
