/** lib/aws/COST.md, as `npm run cost` writes it. */

import type { StageSettings } from '../service/config.ts';
import {
  assumed,
  type Counts,
  cognito,
  costOfOne,
  costs,
  edgeCosts,
  gbSeconds,
  idle,
  ios,
  loggedBytes,
  type Measured,
  type RouteName,
  routeNames,
  specOf,
  sum,
  unitHours,
} from './cost.ts';
import { copyCosts } from './cost-copies.ts';
import { cognitoTiers, HOURS_A_MONTH, PRICES_AS_OF, priceList, prices, RSA_OPERATIONS_A_SECOND } from './prices.ts';

/** What an active person does in a month: an access token lives 15 minutes, 100 hours of use have 400. */
const MONTH: Partial<Record<RouteName, number>> = { login: 4, refresh: 400, 'profile read': 40 };
const USERS = [10_000, 100_000, 1_000_000, 10_000_000] as const;
const MILLION = 1e6;

export interface CostBasis {
  readonly measured: Measured;
  /** When it was measured. */
  readonly date: string;
  readonly dev: StageSettings;
  readonly prod: StageSettings;
}

export function costPage({ measured, date, dev, prod }: CostBasis): string {
  const { batchSize } = prod.service.relay;
  const million = routeNames.map((name) => costs(name, measured[name], batchSize));
  const kinds = Object.keys(million[0] ?? {}) as (keyof ReturnType<typeof costs>)[];
  const perUser = sum(
    Object.entries(MONTH).map(
      ([name, times]) =>
        times * (costOfOne(name as RouteName, measured[name as RouteName], batchSize) + edgeCosts() / MILLION),
    ),
  );
  const standing = sum(Object.values(idle(prod)));
  const ours = (users: number) => standing + users * perUser;
  const copies = copyCosts(prod);
  const tokenCost = costOfOne('refresh', measured.refresh, batchSize);
  const signatures = sum(Object.entries(MONTH).map(([name, times]) => times * measured[name as RouteName].kms));
  return `# What it costs

${wrap(`Written by \`npm run cost\`: [list prices](#prices) of us-east-1 without free tiers, times what was measured on the
local host on ${date}. A test fails when this page is not what prices, functions, alarms and settings make it. Other regions
cost up to a third more.`)}

## A million of each, USD

${table(
  ['', ...routeNames],
  [
    ...kinds.map((kind) => [kind, ...million.map((cost) => usd(cost[kind]))]),
    ['**in all**', ...million.map((cost) => `**${usd(sum(Object.values(cost)))}**`)],
  ],
)}

${wrap(`With an edge, each request costs ${usd(edgeCosts())} a million more, data ${priceList.edgeGb[0]} USD a GB in place of
${priceList.egressGb[0]}, and most key sets come from its cache. A mail costs ${prices.mail.toFixed(4)}. Verifying a token costs nothing:
consumers check signatures with the key set that they cache.`)}

Measured, per request, one after the other on a machine with other work, so CPU time is at its most (README, Speed, has it
under load):

${table(
  ['', ...routeNames],
  [
    row('Data API calls', measured, ({ dataApi }) => dataApi, 0),
    row('KMS calls', measured, ({ kms }) => kms, 0),
    row('events', measured, ({ events }) => events, 0),
    row('CPU of the function, ms', measured, ({ functionMs }) => functionMs, 1),
    row('CPU of PostgreSQL, ms', measured, ({ postgresMs }) => postgresMs, 2),
    row('bytes that PostgreSQL writes', measured, ({ walBytes }) => walBytes, 0),
    row('bytes that are logged', measured, loggedBytes, 0),
    row('bytes of the answer', measured, ({ responseBytes }) => responseBytes, 0),
  ],
)}

What it comes to:

${table(
  ['', ...routeNames],
  [
    ['GB-seconds', ...routeNames.map((name) => gbSeconds(measured[name], specOf(name).memory).toFixed(3))],
    row('I/O requests', measured, ios, 1),
    row('capacity unit hours a million', measured, unitHours, 2),
  ],
)}

${wrap(`Assumed, because only AWS could tell: the Data API answers in ${assumed.dataApiMs} ms and KMS in ${assumed.kmsMs} ms; a core
of AWS is as fast as one of this virtual machine; a function of ${assumed.oneCoreMb} MB has one core, and less memory a part of
it; ${assumed.initShare * 100} % of invocations start a function, which takes ${assumed.initMs} ms; a capacity unit has a quarter of a core, and
Aurora uses ${assumed.utilisation * 100} % of what it bills; a commit is one I/O request, and one more for each ${assumed.ioBytes} bytes; what is
read is in memory; Lambda’s own lines have ${assumed.platformBytes} bytes and the access line ${assumed.accessBytes}.`)}

## Idle, USD a month

${idleTable('dev', idle(dev))}

${idleTable('prod', idle(prod))}

The load of the first table comes on top. In truth Aurora first uses what its minimum has to spare.

${wrap(`Two settings copy something daily. \`auditExport\` costs ${usd(copies.archive)} a month (its key, its alarms, its metrics), and
${usd(copies.entries)} for a million entries a month, once the bucket holds those of ${copies.archiveDays} days: ${copies.exportedBytes} bytes each. \`backupCopy\` costs
${usd(copies.backup)} a month, and ${usd(copies.backupGb)} for each GB of the database: each copy is a full one, sent daily and kept for ${copies.backupDays} days.
Snapshots in the Region itself cost nothing within \`database.backupDays\`.`)}

## Compared with Amazon Cognito

USD a month, for active users who each sign in ${MONTH.login} times, refresh ${MONTH.refresh} times and read their profile ${MONTH['profile read']} times,
in production with an edge:

${table(
  ['active users', 'this service', ...Object.keys(cognitoTiers).map((tier) => `Cognito ${tier}`)],
  USERS.map((users) => [
    users.toLocaleString('en'),
    round(ours(users)),
    ...Object.keys(cognitoTiers).map((tier) => round(cognito(tier as keyof typeof cognitoTiers, users))),
  ]),
)}

${wrap(cheaper(ours))}

${wrap(`Cognito counts people and this service counts requests: a person here costs ${perUser.toFixed(4)}, half as much with half the
refreshes (a longer \`accessTokenSeconds\`). Cognito’s machine tokens cost ${prices.cognitoMachineToken.toFixed(5)} each at first, ${usd(prices.cognitoMachineToken * MILLION)} a million, and
${usd(prices.cognitoMachineMonth)} a client and month. This service gives none yet; a refresh, which signs a token by the same means, costs
${usd(tokenCost * MILLION)} a million. What Cognito costs besides (mails, more of its quotas) and what somebody costs who operates this service are not
in the table.`)}

## The limit that comes first

${wrap(`KMS signs ${RSA_OPERATIONS_A_SECOND.toLocaleString('en')} tokens a second for an account and Region, unless the quota was raised.
That is ${round((RSA_OPERATIONS_A_SECOND * prod.service.accessTokenSeconds) / 1000)} thousand people who are active at the same moment, each with a refresh every
${prod.service.accessTokenSeconds / 60} minutes; or, if all was spread evenly over a month,
${round((RSA_OPERATIONS_A_SECOND * HOURS_A_MONTH * 3600) / signatures / MILLION)} million of the users above. More need a higher quota. Beyond it, requests are refused early
(\`functions/domain/load-shed.ts\`).`)}

## Prices

USD, us-east-1, as of ${PRICES_AS_OF}.

${table(
  ['what', 'USD', 'for', 'page'],
  Object.values(priceList).map(([amount, units, what, page]) => [
    what,
    String(amount),
    units.toLocaleString('en'),
    `<${page}>`,
  ]),
)}

Cognito, an active user and month (<https://aws.amazon.com/cognito/pricing/>):

${table(
  ['users', ...Object.keys(cognitoTiers)],
  cognitoTiers.Lite.map(([upTo], index) => {
    const from = cognitoTiers.Lite[index - 1]?.[0] ?? 0;
    return [
      Number.isFinite(upTo) ? `up to ${upTo.toLocaleString('en')}` : 'beyond',
      ...Object.values(cognitoTiers).map((tiers) => String(tiers.find((step) => step[0] > from)?.[1] ?? '')),
    ];
  }),
)}
`;
}

function idleTable(stage: string, parts: Readonly<Record<string, number>>): string {
  return table(
    [stage, ''],
    [
      ...Object.entries(parts).map(([name, cost]) => [name, usd(cost)]),
      ['**in all**', `**${usd(sum(Object.values(parts)))}**`],
    ],
  );
}

/** Says for each tier among which numbers of users it is cheaper. */
function cheaper(ours: (users: number) => number): string {
  const steps = Array.from({ length: 401 }, (_, step) => Math.round(1_000 * 10 ** (step / 80)));
  return (Object.keys(cognitoTiers) as (keyof typeof cognitoTiers)[])
    .map((tier) => {
      const those = steps.filter((users) => cognito(tier, users) < ours(users));
      if (those.length === steps.length) return `Cognito ${tier} is cheaper whatever the number of users.`;
      const below = steps.findIndex((users) => cognito(tier, users) >= ours(users));
      const above = steps.findIndex((users, index) => index > below && cognito(tier, users) < ours(users));
      const parts = [
        ...(below > 0 ? [`below about ${twoDigits(steps[below] ?? 0)} users`] : []),
        ...(above > 0 ? [`above about ${twoDigits(steps[above] ?? 0)}`] : []),
      ];
      return parts.length > 0 ? `Cognito ${tier} is cheaper ${parts.join(', and ')}.` : `Cognito ${tier} is dearer.`;
    })
    .join(' ');
}

const twoDigits = (users: number) => Number(users.toPrecision(2)).toLocaleString('en');

function row(what: string, measured: Measured, value: (counts: Counts) => number, digits: number): string[] {
  return [what, ...routeNames.map((name) => value(measured[name]).toFixed(digits))];
}

/** Lines of at most 120 characters. */
function wrap(text: string): string {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > 120) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
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

const usd = (amount: number) => amount.toFixed(2);
const round = (amount: number) => Math.round(amount).toLocaleString('en');
