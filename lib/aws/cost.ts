/** What the service costs on AWS: list prices (lib/aws/prices.ts) times what was measured (lib/aws/cost-counts.json). */

import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { LAST_BATCH } from '../../functions/runtime/events-wait.ts';
import { outcomes } from '../../functions/runtime/outcomes.ts';
import type { StageSettings } from '../service/config.ts';
import { type FunctionSpec, functions } from '../service/functions.ts';
import { functionsOf } from '../service/present.ts';
import { secretsOf } from '../service/secrets.ts';
import { type AlarmRow, stageAlarms } from './alarms.ts';
import { copyAlarms } from './copy-alarms.ts';
import { functionAlarms } from './function-alarms.ts';
import { cognitoTiers, HOURS_A_MONTH, prices } from './prices.ts';

export const routeNames = ['registration', 'login', 'refresh', 'profile read', 'key set fetched'] as const;
export type RouteName = (typeof routeNames)[number];

/** Per request. */
export interface Counts {
  readonly dataApi: number;
  readonly kms: number;
  readonly events: number;
  /** CPU time, milliseconds. */
  readonly functionMs: number;
  readonly postgresMs: number;
  /** Bytes that PostgreSQL wrote to its log. */
  readonly walBytes: number;
  readonly logLines: number;
  readonly logBytes: number;
  readonly responseBytes: number;
}

export type Measured = Readonly<Record<RouteName, Counts>>;

/** The functions behind the routes. */
const functionOf: Readonly<Record<RouteName, string>> = {
  registration: 'auth-register',
  login: 'auth-login',
  refresh: 'auth-refresh',
  'profile read': 'auth-me-get',
  'key set fetched': 'well-known-jwks',
};

/** What is assumed where nothing here can be measured. The page states each. */
export const assumed = {
  /** Milliseconds until the Data API and KMS answer, within a region. */
  dataApiMs: 12,
  kmsMs: 8,
  /** Milliseconds of an initialisation, and its share of invocations: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/ */
  initMs: 500,
  initShare: 0.01,
  /** Memory of a function with one core, MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  oneCoreMb: 1_769,
  /** Cores of a capacity unit, which has about 2 GiB: the instance classes for databases have 8 GiB a core. */
  coresPerUnit: 0.25,
  /** How much of the capacity in use is used: Aurora adds some before all is. */
  utilisation: 0.5,
  /** Bytes of one write to Aurora's storage: https://aws.amazon.com/rds/aurora/faqs/ */
  ioBytes: 4_096,
  /** Bytes that Lambda's two lines for an invocation have, and the API's access line: as in AWS's examples of them. */
  platformBytes: 260 + 330,
  accessBytes: 300,
  /** Bytes that CloudWatch adds to each line: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
  lineBytes: 26,
  /** The share of requests that X-Ray records beside one a second: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html */
  traced: 0.05,
} as const;

const MILLION = 1e6;
export const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

export function specOf(name: RouteName): FunctionSpec {
  const spec = functions.find((one) => one.name === functionOf[name]);
  if (!spec) throw new Error(`no function ${functionOf[name]}`);
  return spec;
}

/** GB-seconds of one request: its CPU time on the function's share of a core, the calls that it waits for, and INIT. */
export function gbSeconds(counts: Counts, memory: number): number {
  const share = Math.min(1, memory / assumed.oneCoreMb);
  const waits = counts.dataApi * assumed.dataApiMs + counts.kms * assumed.kmsMs;
  const milliseconds = counts.functionMs / share + waits + assumed.initShare * assumed.initMs;
  return ((milliseconds / 1000) * memory) / 1024;
}

/** Capacity unit hours that a million requests use. */
export const unitHours = ({ postgresMs }: Counts): number =>
  ((postgresMs / 1000) * MILLION) / assumed.coresPerUnit / assumed.utilisation / 3600;

/** Storage requests of one request; a commit is at least one. What is read is in memory. */
export const ios = ({ walBytes, dataApi }: Counts): number =>
  walBytes < 100 ? 0 : Math.max(dataApi, walBytes / assumed.ioBytes);

export const loggedBytes = ({ logLines, logBytes }: Counts): number =>
  logBytes + assumed.platformBytes + assumed.accessBytes + (logLines + 3) * assumed.lineBytes;

/** What a million requests cost, USD, by AWS service. */
export function costs(name: RouteName, counts: Counts, batchSize: number) {
  return {
    'API Gateway': prices.httpApiRequest * MILLION,
    Lambda: (prices.lambdaRequest + gbSeconds(counts, specOf(name).memory) * prices.lambdaGbSecond) * MILLION,
    // The relay makes two calls a batch; the batch's events share them.
    'Data API': (counts.dataApi + (counts.events * 2) / batchSize) * prices.dataApiRequest * MILLION,
    'Aurora: capacity': unitHours(counts) * prices.acuHour,
    'Aurora: I/O': ios(counts) * prices.auroraIo * MILLION,
    KMS: counts.kms * prices.kmsRequest * MILLION,
    EventBridge: counts.events * prices.event * MILLION,
    'logs, traces': ((loggedBytes(counts) / 1e9) * prices.logGb + assumed.traced * prices.trace) * MILLION,
    'data sent': (counts.responseBytes / 1e9) * prices.egressGb * MILLION,
  };
}

export const costOfOne = (name: RouteName, counts: Counts, batchSize: number): number =>
  sum(Object.values(costs(name, counts, batchSize))) / MILLION;

/** What CloudFront and AWS WAF add to a million requests; data is sent by CloudFront then, a little cheaper. */
export const edgeCosts = (): number => (prices.edgeRequest + prices.wafRequest) * MILLION;

/** Relays that run at once, on average: each polls until the next must have begun. */
export function relaysAtOnce(): number {
  const relay = functions.find(({ name }) => name === 'relay-outbox');
  const minutes = relay?.triggers.flatMap((one) => (one.kind === 'schedule' ? one.everyMinutes : []))[0];
  if (!relay || !minutes) throw new Error('no relay that is scheduled');
  return (relay.timeout - LAST_BATCH) / (minutes * 60);
}

/** USD a month without any request. */
export function idle(settings: StageSettings): Record<string, number> {
  const { service, deployment } = settings;
  const pauses = service.relay.wokenBy === 'requests';
  const seconds = HOURS_A_MONTH * 3600;
  const present = functionsOf(settings);
  const runs = sum(present.flatMap((spec) => spec.triggers.map((trigger) => runsOf(trigger, pauses))));
  const wakings = sum(
    present.flatMap((spec) =>
      spec.may.includes('database') ? spec.triggers.map((trigger) => runsOf(trigger, pauses)) : [],
    ),
  );
  const relayGb = (functions.find(({ name }) => name === 'relay-outbox')?.memory ?? 0) / 1024;
  const alarms = alarmsOf(settings);
  const metrics =
    (pauses ? 0 : RELAY_METRICS) +
    (deployment.auditExport ? EXPORT_METRICS : 0) +
    sum(Object.values(outcomes).map(({ length }) => length));
  const relays = relaysAtOnce();
  return {
    ...(pauses
      ? { 'Aurora, 0.5 units while its jobs wake it': 0.5 * ((wakings * AWAKE) / 60) * prices.acuHour }
      : {
          'Aurora, 0.5 units': 0.5 * HOURS_A_MONTH * prices.acuHour,
          [`relay, ${relays.toFixed(2)} at once all the time: Lambda`]:
            relays * seconds * relayGb * prices.lambdaGbSecond,
          'relay: Data API': ((relays * seconds) / service.relay.pollSeconds) * prices.dataApiRequest,
        }),
    ...(deployment.database.reader ? { 'Aurora, the reader': 0.5 * HOURS_A_MONTH * prices.acuHour } : {}),
    'Aurora, 1 GB stored': prices.storageGbMonth,
    schedules: runs * prices.scheduleStarted,
    'signing keys, also the waiting one': 2 * prices.kmsKeyMonth,
    'secrets, also the database’s two': (secretsOf(settings).length + 2) * prices.secretMonth,
    [`own metrics, ${metrics} that always have data when people sign in`]: metrics * prices.metricMonth,
    ...(deployment.alarms.on
      ? {
          [`alarms, ${alarms.length} of them, and the dashboard`]:
            sum(alarms.map(metricsOf)) * prices.alarmMonth + prices.dashboardMonth,
        }
      : {}),
    ...(deployment.edge
      ? {
          [`AWS WAF, ${WAF_RULES} rules, and the edge’s two secrets`]:
            prices.wafMonth + WAF_RULES * prices.wafRuleMonth + 2 * prices.secretMonth,
        }
      : {}),
  };
}

/** Minutes that Aurora is awake for a job that queries it: the job, and the five minutes until Aurora pauses. */
const AWAKE = 6;
const RELAY_METRICS = 6;
const EXPORT_METRICS = 2;
/** A test holds it to the template. */
const WAF_RULES = 7;

function runsOf(trigger: FunctionSpec['triggers'][number], pauses: boolean): number {
  if (trigger.kind !== 'schedule') return 0;
  return (HOURS_A_MONTH * 60) / ((pauses && trigger.pausingEveryMinutes) || trigger.everyMinutes);
}

/** An alarm is billed by the metrics that it looks at. */
const metricsOf = ({ metric }: AlarmRow): number =>
  metric instanceof MathExpression ? Object.keys(metric.usingMetrics).length : 1;

function alarmsOf(settings: StageSettings): AlarmRow[] {
  const ofFunctions = functionsOf(settings).flatMap(functionAlarms(settings.stage));
  const ofStage = stageAlarms({ apiId: 'the stage’s', clusterIdentifier: 'its own' }, settings);
  return [...ofStage, ...copyAlarms(settings), ...ofFunctions];
}

/** USD a month that Cognito asks for so many active users. */
export function cognito(tier: keyof typeof cognitoTiers, users: number): number {
  let cost = 0;
  let from = 0;
  for (const [upTo, usd] of cognitoTiers[tier]) {
    cost += Math.max(0, Math.min(users, upTo) - from) * usd;
    from = upTo;
  }
  return cost;
}
