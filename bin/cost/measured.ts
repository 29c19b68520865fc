/** Measures the most expensive routes on the local host: AWS calls, log bytes, events and function time per request. */
import { freshBundles } from '../../lib/local/fresh-bundles.ts';
import { type Host, startHost } from '../../lib/local/host.ts';
import type { LogLine } from '../../lib/local/runtime.ts';
import { functionName, functions } from '../../lib/service/functions.ts';
import { routes } from '../../lib/service/routes.ts';

const TIMES = 20;
const PASSWORD = 'correct horse battery staple';

/** Per request. */
export interface Counts {
  readonly dataApi: number;
  readonly kms: number;
  readonly logBytes: number;
  readonly gbSeconds: number;
  readonly events: number;
}

const logs: LogLine[] = [];

/** @param directory the folder for the host's data */
export async function measured(directory: string): Promise<Record<string, Counts>> {
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

async function measureAll(host: Host): Promise<Record<string, Counts>> {
  const people = Array.from({ length: TIMES }, (_, index) => ({
    email: `person-${index}@example.com`,
    password: PASSWORD,
  }));
  const sessions: { access_token: string; refresh_token: string }[] = [];
  const measured: Record<string, Counts> = {};
  const measure = async (name: string, path: string, call: (index: number) => Promise<unknown>) => {
    measured[name] = await countsOf(host, path, call);
  };
  await measure('registration', 'POST /v1/auth/register', (index) => post('/v1/auth/register', people[index]));
  await measure('login', 'POST /v1/auth/login', async (index) => {
    sessions[index] = (await post('/v1/auth/login', people[index])) as (typeof sessions)[number];
  });
  await measure('refresh', 'POST /v1/auth/refresh', (index) =>
    post('/v1/auth/refresh', { refresh_token: sessions[index]?.refresh_token }),
  );
  await measure('profile read', 'GET /v1/auth/me', (index) => get('/v1/auth/me', sessions[index]?.access_token));
  await measure('key set fetched', 'GET /.well-known/jwks.json', () => get('/.well-known/jwks.json'));
  return measured;

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
    return response.json();
  }
}

/** Counts per request, without the first two requests: these start the function and fetch what it caches. */
async function countsOf(host: Host, route: string, call: (index: number) => Promise<unknown>): Promise<Counts> {
  for (let index = 0; index < 2; index++) await call(index);
  host.endpoint.resetCalls();
  const linesBefore = logs.length;
  const before = await waiting(host);
  for (let index = 2; index < TIMES; index++) await call(index);
  const calls = host.endpoint.calls();
  const lines = logs.slice(linesBefore).map(({ line }) => line);
  const requests = TIMES - 2;
  const durations = lines.flatMap((line) => /"duration_ms":(\d+)/.exec(line)?.[1] ?? []).map(Number);
  const row = routes.find(({ method, path }) => `${method} ${path}` === route);
  const spec = functions.find(({ name }) => row && name === functionName(row.entry));
  if (!spec || durations.length === 0) throw new Error(`nothing was measured for ${route}`);
  return {
    dataApi: (calls['rds-data.ExecuteStatement'] ?? 0) / requests,
    kms: ((calls['kms.Sign'] ?? 0) + (calls['kms.GetPublicKey'] ?? 0)) / requests,
    logBytes: lines.join('\n').length / requests,
    gbSeconds: ((Math.min(...durations) / 1000) * spec.memory) / 1024,
    events: ((await waiting(host)) - before) / requests,
  };
}

/** Counts the events in the outbox: no relay runs here, so they all stay there. */
async function waiting(host: Host): Promise<number> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: host.database.connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>('select count(*) from event_outbox');
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}
