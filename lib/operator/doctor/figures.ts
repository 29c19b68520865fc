/** What CloudWatch counted in the last day: one call for all checks. */
import { METRIC_NAMESPACE } from '../../../functions/runtime/metric-namespace.ts';
import { nameOnAws } from '../../aws/names.ts';
import type { StageSettings } from '../../service/config.ts';
import { functionsOf, isUnattended } from '../../service/present.ts';
import type { Value } from './calls.ts';
import { unknown } from './check.ts';
import { readApiId } from './deployed.ts';
import type { Look } from './look.ts';
import { DAY } from './words.ts';

export interface Figure {
  readonly sum: number;
  readonly most: number;
  readonly latest: number;
  /** When the latest period began that has a value. */
  readonly latestAt: Date;
}

/** By name; without those that CloudWatch has no value of. */
export type Figures = ReadonlyMap<string, Figure>;

type Stat = 'Sum' | 'Maximum' | 'Average';
type Metric = readonly [
  name: string,
  namespace: string,
  metric: string,
  dimensions: Record<string, string>,
  stat?: Stat,
];

/** The service's own that mean that something fails (functions/runtime/metrics.ts). */
export const OWN_FAILURES = [
  'DatabaseUnavailable',
  'SigningErrors',
  'SigningThrottled',
  'SigningShed',
  'SecretsUnavailable',
  'PublicKeysStale',
  'MailStopped',
  'EventsRefused',
  'MailRequestsLimited',
] as const;

/** Seconds. A day has 288 of them: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const PERIOD = 300;

function metricsOf(settings: StageSettings, apiId: string | undefined): Metric[] {
  const { stage } = settings;
  const jobs = functionsOf(settings)
    .filter(isUnattended)
    .map(({ name }) => name);
  const ofFunction = (name: string) => ({ FunctionName: nameOnAws(stage, name) });
  return [
    ...jobs.map((name): Metric => [`runs ${name}`, 'AWS/Lambda', 'Invocations', ofFunction(name)]),
    ...jobs.map((name): Metric => [`errors ${name}`, 'AWS/Lambda', 'Errors', ofFunction(name)]),
    // Each run of the relay has one: if there is none, the service's metrics do not arrive.
    ['own', METRIC_NAMESPACE, 'RelayLag', { Stage: stage }, 'Maximum'],
    ...OWN_FAILURES.map((name): Metric => [name, METRIC_NAMESPACE, name, { Stage: stage }]),
    ['throttles', 'AWS/Lambda', 'Throttles', {}],
    ['capacity', 'AWS/RDS', 'ACUUtilization', { DBClusterIdentifier: `identity-${stage}` }, 'Maximum'],
    ['bounces', 'AWS/SES', 'Reputation.BounceRate', {}, 'Average'],
    ['complaints', 'AWS/SES', 'Reputation.ComplaintRate', {}, 'Average'],
    ...(apiId
      ? ([
          ['5xx', 'AWS/ApiGateway', '5xx', { ApiId: apiId }],
          ['requests', 'AWS/ApiGateway', 'Count', { ApiId: apiId }],
        ] as const)
      : []),
  ];
}

interface Result {
  readonly Id: string;
  readonly Timestamps?: readonly string[] | '';
  readonly Values?: readonly string[] | '';
}

export async function readFigures(look: Look): Promise<Figures> {
  const apiId = await look.once(readApiId).catch(() => undefined);
  const metrics = metricsOf(look.settings, apiId);
  const values = {
    StartTime: new Date(look.now.getTime() - DAY).toISOString(),
    EndTime: look.now.toISOString(),
    MetricDataQueries: metrics.map(([, Namespace, MetricName, dimensions, Stat = 'Sum'], index): Value => {
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      return { Id: `m${index}`, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: PERIOD, Stat } };
    }),
  };
  const page = { list: 'MetricDataResults', token: ['NextToken', 'NextToken'] } as const;
  const results = await look.pages<Result>('cloudwatch:GetMetricData', values, page);
  const figures = new Map<string, Figure>();
  for (const [index, [name]] of metrics.entries()) {
    // A result may go on on the next page.
    const points = results
      .filter(({ Id }) => Id === `m${index}`)
      .flatMap(({ Timestamps, Values }) =>
        (Timestamps || []).map((at, point) => [at, Number((Values || [])[point])] as const),
      )
      .sort(([one], [other]) => Date.parse(one) - Date.parse(other));
    const [latestAt, latest] = points.at(-1) ?? [];
    if (latestAt === undefined || latest === undefined) continue;
    const numbers = points.map(([, value]) => value);
    const sum = numbers.reduce((total, value) => total + value, 0);
    figures.set(name, { sum, most: Math.max(...numbers), latest, latestAt: new Date(latestAt) });
  }
  return figures;
}

export const none = (what: string) =>
  unknown(`CloudWatch has no figure of ${what} in the last day`, 'Nothing ran, or its metrics do not arrive.');
