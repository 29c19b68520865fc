/**
 * `npm run cost [-- FILE]`: works out what the service costs on AWS, from list prices (lib/aws/prices.ts) and from
 * counts that it measures on the local host: calls to AWS, log lines, events and function time of each route. Writes
 * lib/aws/COST.md unless a file is given.
 */
import { readFileSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stageAlarms } from '../lib/aws/alarms.ts';
import { isPartOf } from '../lib/aws/custom-resources.ts';
import { functionAlarms } from '../lib/aws/function-alarms.ts';
import { HOURS_A_MONTH, prices } from '../lib/aws/prices.ts';
import { repoRoot } from '../lib/build/bundle.ts';
import { runScript } from '../lib/command/run-script.ts';
import { secretNames } from '../lib/service/capability.ts';
import { parseSettings, type StageSettings } from '../lib/service/config.ts';
import { functions } from '../lib/service/functions.ts';
import { type Counts, measured } from './cost/measured.ts';

const MILLION = 1e6;
/** Minutes that Aurora is awake for a job that queries it: the job, and the five minutes until Aurora pauses. */
const AWAKE = 6;
const PAGE = process.argv[2] ?? join(repoRoot, 'lib', 'aws', 'COST.md');

process.env.TZ = 'UTC';
await runScript(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cost-'));
  try {
    // Counting takes minutes: a page that cannot be written is reported before it.
    await appendFile(PAGE, '');
    await writeFile(PAGE, page(await measured(directory)));
    console.log(`written: ${PAGE}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

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
  const settings = stageSettings(stage);
  const { service, deployment } = settings;
  const alarms = alarmsOf(settings);
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
        'relay, which runs all the time: Lambda': minutes * 60 * memory * prices.lambdaGbSecond,
        'relay: Data API': ((minutes * 60) / service.relay.pollSeconds) * prices.dataApiRequest,
      };
  return {
    ...aurora,
    'Aurora, 1 GB stored': prices.storageGbMonth,
    schedules: (pauses ? runs : minutes) * prices.scheduleStarted,
    'signing keys, also the waiting one': 2 * prices.kmsKeyMonth,
    'secrets, also the database’s two': (secretNames.length + 2) * prices.secretMonth,
    'own metrics': 8 * prices.metricMonth,
    ...(deployment.database.reader ? { 'Aurora, the reader': 0.5 * HOURS_A_MONTH * prices.acuHour } : {}),
    ...(deployment.alarms.on
      ? { [`alarms, ${alarms} of them, and the dashboard`]: alarms * prices.alarmMonth + prices.dashboardMonth }
      : {}),
    ...(deployment.edge
      ? { 'AWS WAF, four rules, and the edge’s secret': prices.wafMonth + 4 * prices.wafRuleMonth + prices.secretMonth }
      : {}),
  };
}

function alarmsOf(settings: StageSettings): number {
  const clusterIdentifier = 'the stage’s own';
  const ofFunctions = functions
    .filter((spec) => isPartOf(settings.deployment, spec))
    .flatMap(functionAlarms(settings.stage));
  return stageAlarms({ apiId: 'the stage’s', clusterIdentifier }, settings).length + ofFunctions.length;
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
times counts measured on the local host. Function time is the shortest one measured, because other work runs on this
machine, at the function's memory; on Lambda it differs. Aurora's capacity under load is not in the first table: it costs
0.12 USD an hour for each unit in use.

## A million of each, USD

${table(
  ['', ...names],
  [
    ...kinds.map((kind) => [kind, ...all.map((cost) => usd(cost[kind]))]),
    ['**in all**', ...all.map((cost) => `**${usd(sum(Object.values(cost)))}**`)],
  ],
)}

Verifying a token costs nothing: consumers check signatures with the key set that they cache. With an edge, each request costs
${usd((prices.edgeRequest + prices.wafRequest) * MILLION)} a million more, and most key sets come from its cache. A mail costs ${prices.mail.toFixed(4)}.

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

## Compared with Amazon Cognito

${users.toLocaleString('en')} active users a month, each with ${month.login} logins and ${month.refresh} refreshes (an access token lives 15 minutes):

${table(
  ['', 'USD a month'],
  [
    ["this service, production, with idle cost and Aurora's minimum", usd(ours)],
    ['Cognito Lite, list price', usd((users - 10_000) * prices.cognitoLite)],
    ['Cognito Essentials, list price', usd((users - 10_000) * prices.cognitoEssentials)],
  ],
)}

Cognito counts users, this service counts requests: a thousand users cost less there (nothing, up to 10,000).
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const padded = ([first = '', ...more]: readonly string[]) => [
    first.padEnd(widths[0] ?? 0),
    ...more.map((cell, index) => cell.padStart(widths[index + 1] ?? 0)),
  ];
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [padded(head), rule, ...rows.map(padded)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
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
