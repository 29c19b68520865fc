/**
 * `npm run cost [-- FILE]`: works out what the service costs on AWS, from list prices (lib/aws/prices.ts) and from
 * counts that it measures on the local host: calls to AWS, log lines, events and function time of each route. Writes
 * lib/aws/COST.md unless a file is given.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOURS_A_MONTH, prices } from '../lib/aws/prices.ts';
import { repoRoot } from '../lib/build/bundle.ts';
import { runScript } from '../lib/command/run-script.ts';
import { freshBundles } from '../lib/local/fresh-bundles.ts';
import { type Host, startHost } from '../lib/local/host.ts';
import type { LogLine } from '../lib/local/runtime.ts';
import { secretNames } from '../lib/service/capability.ts';
import { parseSettings } from '../lib/service/config.ts';
import { functionName, functions } from '../lib/service/functions.ts';
import { routes } from '../lib/service/routes.ts';

const TIMES = 20;
const MILLION = 1e6;
/** Minutes that Aurora is awake for a job that queries it: the job, and the five minutes until Aurora pauses. */
const AWAKE = 6;
const PASSWORD = 'correct horse battery staple';
const PAGE = process.argv[2] ?? join(repoRoot, 'lib', 'aws', 'COST.md');

interface Counts {
  readonly dataApi: number;
  readonly kms: number;
  readonly logBytes: number;
  readonly gbSeconds: number;
  readonly events: number;
}

const logs: LogLine[] = [];
process.env.TZ = 'UTC';
await runScript(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cost-'));
  try {
    // Counting takes minutes: a page that cannot be written is reported before it.
    await appendFile(PAGE, '');
    await writeFile(PAGE, page(await measured(directory)));
    spawnSync('biome', ['format', '--write', PAGE]);
    console.log(`written: ${PAGE}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

async function measured(directory: string): Promise<Record<string, Counts>> {
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

/** What a million requests cost, by AWS service. */
function costs({ dataApi, kms, logBytes, gbSeconds, events }: Counts) {
  const { batchSize } = parseSettings({ stage: 'cost' }).service.relay;
  return {
    'API Gateway': prices.httpApiRequest * MILLION,
    Lambda: (prices.lambdaRequest + gbSeconds * prices.lambdaGbSecond) * MILLION,
    // The relay makes two calls per batch; the batch's events share them.
    'Data API': (dataApi + (events * 2) / batchSize) * prices.dataApiRequest * MILLION,
    KMS: kms * prices.kmsRequest * MILLION,
    EventBridge: events * prices.event * MILLION,
    'logs, traces': (logBytes / 1e9) * prices.logGb * MILLION + 0.05 * prices.trace * MILLION,
  };
}

function idle(stage: 'dev' | 'prod'): Record<string, number> {
  const { service, deployment } = stageSettings(stage);
  const pauses = service.relay.wokenBy === 'requests';
  const minutes = HOURS_A_MONTH * 60;
  const runs = sum(
    functions.flatMap(({ may, triggers }) =>
      triggers.flatMap((trigger) =>
        trigger.kind === 'schedule' && may.includes('database')
          ? minutes / (trigger.pausingEveryMinutes ?? minutes)
          : [],
      ),
    ),
  );
  const memory = (functions.find(({ name }) => name === 'relay-outbox')?.memory ?? 0) / 1024;
  const aurora: Record<string, number> = pauses
    ? { 'Aurora, 0.5 units while its daily jobs wake it': 0.5 * ((runs * AWAKE) / 60) * prices.acuHour }
    : {
        'Aurora, 0.5 units': 0.5 * HOURS_A_MONTH * prices.acuHour,
        'relay, which asks all the time: Lambda': minutes * 60 * memory * prices.lambdaGbSecond,
        'relay: Data API': ((minutes * 60) / service.relay.pollSeconds) * prices.dataApiRequest,
      };
  return {
    ...aurora,
    'Aurora, 1 GB stored': prices.storageGbMonth,
    schedules: (pauses ? runs : minutes) * prices.scheduleStarted,
    'signing keys, the one in waiting too': 2 * prices.kmsKeyMonth,
    'secrets, the database’s two among them': (secretNames.length + 2) * prices.secretMonth,
    'own metrics': 8 * prices.metricMonth,
    ...(deployment.database.reader ? { 'Aurora, the reader': 0.5 * HOURS_A_MONTH * prices.acuHour } : {}),
    ...(deployment.alarms.on
      ? { 'alarms, 30 of them, and the dashboard': 30 * prices.alarmMonth + prices.dashboardMonth }
      : {}),
    ...(deployment.edge
      ? { 'AWS WAF, four rules, and the edge’s secret': prices.wafMonth + 4 * prices.wafRuleMonth + prices.secretMonth }
      : {}),
  };
}

function stageSettings(stage: string) {
  const { context } = JSON.parse(readFileSync(join(repoRoot, 'cdk.json'), 'utf8'));
  return parseSettings({ stage, ...context.stages[stage] });
}

function page(measured: Record<string, Counts>): string {
  const names = Object.keys(measured);
  const all = Object.values(measured).map(costs);
  const kinds = Object.keys(all[0] ?? {}) as (keyof ReturnType<typeof costs>)[];
  const users = 100_000;
  const month = { login: 4, refresh: 400 } as const;
  const perUser = Object.entries(month).map(([name, times]) => (times * total(measured[name])) / MILLION);
  const ours = sum(perUser) * users + sum(Object.values(idle('prod')));
  return `# What it costs

Written by \`npm run cost\`: list prices of us-east-1 without free tiers (\`prices.ts\` names each page; as of November 2026),
times counts measured on the local host. Function time is the shortest here, since other work runs beside, at the
function's memory; on Lambda it differs. Aurora's capacity under load is not in the first table: 0.12 USD an hour for each unit that it takes.

## A million of each, USD

${table(
  ['', ...names],
  [
    ...kinds.map((kind) => [kind, ...all.map((cost) => usd(cost[kind]))]),
    ['**in all**', ...all.map((cost) => `**${usd(sum(Object.values(cost)))}**`)],
  ],
)}

A verification costs nothing: consumers check signatures by the key set that they keep. With an edge, each request costs
${usd((prices.edgeRequest + prices.wafRequest) * MILLION)} a million more, and most key sets come from its cache. A mail is ${prices.mail.toFixed(4)}.

Measured, per request:

${table(
  ['', ...names],
  [
    ['Data API calls', ...names.map((name) => count(measured[name]?.dataApi))],
    ['KMS calls', ...names.map((name) => count(measured[name]?.kms))],
    ['events', ...names.map((name) => count(measured[name]?.events))],
    ['log bytes', ...names.map((name) => (measured[name]?.logBytes ?? 0).toFixed(0))],
    ['GB-seconds', ...names.map((name) => (measured[name]?.gbSeconds ?? 0).toFixed(3))],
  ],
)}

## Idle, USD a month

${(['dev', 'prod'] as const).map((stage) => table([stage, ''], [...Object.entries(idle(stage)).map(([name, cost]) => [name, usd(cost)]), ['**in all**', `**${usd(sum(Object.values(idle(stage))))}**`]])).join('\n\n')}

## Beside Amazon Cognito

${users.toLocaleString('en')} active users a month, each with ${month.login} logins and ${month.refresh} refreshes (an access token lives 15 minutes):

${table(
  ['', 'USD a month'],
  [
    ['this service, production, idle cost included, Aurora at its least', usd(ours)],
    ['Cognito Lite, list price', usd((users - 10_000) * prices.cognitoLite)],
    ['Cognito Essentials, list price', usd((users - 10_000) * prices.cognitoEssentials)],
  ],
)}

Cognito counts users, this service counts requests: a thousand users cost less there (nothing, up to 10,000).
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function total(counts: Counts | undefined): number {
  return counts ? sum(Object.values(costs(counts))) : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function usd(amount: number): string {
  return amount.toFixed(2);
}

function count(amount = 0): string {
  return Number(amount.toFixed(2)).toString();
}
