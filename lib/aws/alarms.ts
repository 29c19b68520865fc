/**
 * What wakes somebody up (S52). Each row is a section of the README's runbook: what it means, and the command to run.
 * By hand, since a row is shorter than any library's way to say the same.
 */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../functions/runtime/metric-namespace.ts';
import type { StageSettings } from '../service/config.ts';
import type { ServiceFunction } from './functions.ts';

/** What there is to be watched. */
export interface Watched {
  readonly apiId: string;
  readonly functions: readonly ServiceFunction[];
  /** The stack's own cluster; none where one is given. */
  readonly clusterIdentifier?: string;
}

interface Row {
  /** Unique in the stage; the heading of its section in the runbook. */
  readonly name: string;
  /** What it means, for whoever gets the mail. */
  readonly means: string;
  readonly metric: IMetric;
  /** Alarms at this value and above. */
  readonly from: number;
  /** Periods of five minutes that must show it, and out of how many. */
  readonly periods?: readonly [showing: number, of: number];
  /** Alarms when the value is below `from`, and when there is none at all: something does not run. */
  readonly silence?: boolean;
}

const PERIOD = Duration.minutes(5);
const DAY = 24 * 60 * 60;

/** The alarms, and the topic that they go to. */
export function makeAlarms(scope: Construct, watched: Watched, settings: StageSettings): Alarm[] {
  const { stage, deployment } = settings;
  const topic = new Topic(scope, 'Topic', {
    topicName: `identity-${stage}-alarms`,
    displayName: `Identity service, stage ${stage}`,
    enforceSSL: true,
  });
  for (const address of deployment.alarms.emails) topic.addSubscription(new EmailSubscription(address));
  return rows(watched, settings).map(({ name, means, metric, from, periods = [1, 1], silence = false }) => {
    const alarm = new Alarm(scope, name, {
      alarmName: `identity-${stage}-${name}`,
      alarmDescription: `${means} Runbook: README, "Operating", ${name}.`,
      metric,
      threshold: from,
      comparisonOperator: silence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: periods[0],
      evaluationPeriods: periods[1],
      treatMissingData: silence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    return alarm;
  });
}

function rows({ apiId, functions, clusterIdentifier }: Watched, { stage, service }: StageSettings): Row[] {
  const own = (metricName: string, statistic: string = Stats.SUM) => ownMetric(stage, metricName, statistic);
  const api = (metricName: string, statistic: string) => apiMetric(apiId, metricName, statistic);
  const sum = { statistic: Stats.SUM, period: PERIOD };
  return [
    {
      name: 'api-5xx',
      means: 'One request in a hundred, or more, ends in a 5xx.',
      // The average of a count of 0 or 1 a request is the rate.
      metric: api('5xx', Stats.AVERAGE),
      from: 0.01,
      periods: [2, 3],
    },
    {
      name: 'api-slow',
      means: 'One request in a hundred takes 3 s or more.',
      metric: api('Latency', Stats.percentile(99)),
      from: 3_000,
      periods: [3, 3],
    },
    {
      name: 'functions-throttled',
      means:
        'Lambda refuses invocations: the account has no concurrency left in this region, or a function none of its own.',
      metric: new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', ...sum }),
      from: 1,
      periods: [2, 3],
    },
    {
      name: 'lockouts',
      means: 'Many addresses are locked at once: somebody tries passwords.',
      metric: own('AccountsLocked'),
      from: 20,
    },
    {
      name: 'relay-lag',
      means: 'An event waits for five minutes or longer.',
      metric: own('RelayLag', Stats.MAXIMUM),
      from: 300,
      periods: [2, 2],
    },
    {
      name: 'relay-silent',
      means: 'The relay does not run: no event leaves.',
      // Nobody has to use a stage where requests wake it: every six hours it runs all the same.
      ...(service.relay.wokenBy === 'schedule'
        ? { metric: own('RelayLag', Stats.SAMPLE_COUNT), periods: [3, 3] }
        : { metric: own('RelayLag', Stats.SAMPLE_COUNT).with({ period: Duration.hours(6) }), periods: [2, 2] }),
      from: 1,
      silence: true,
    },
    {
      name: 'events-dead',
      means: 'The bus refused an event for the last time.',
      metric: own('EventsDead'),
      from: 1,
    },
    {
      name: 'events-refused',
      means: 'The mail consumer got an event that cannot be read, or one in this service’s name that it never sent.',
      metric: own('EventsRefused'),
      from: 1,
    },
    {
      name: 'mail-requests-limited',
      means: 'Other services ask for more mails than they may: those beyond are not sent.',
      metric: own('MailRequestsLimited'),
      from: 1,
    },
    {
      name: 'signing-throttled',
      means: 'KMS refuses signatures: the quota of RSA operations a second is used up.',
      metric: own('SigningThrottled'),
      from: 1,
      periods: [2, 3],
    },
    {
      name: 'signing-failed',
      means: 'KMS does not sign: nobody can log in or refresh.',
      metric: own('SigningErrors'),
      from: 5,
    },
    {
      name: 'signing-key-old',
      means: 'The active key should have been replaced two days ago.',
      metric: own('SigningKeyAge', Stats.MAXIMUM),
      // A change takes two of the job's daily runs.
      from: (service.signingKeys.rotateDays + 4) * DAY,
    },
    {
      name: 'public-keys-stale',
      means: 'The published keys are served from memory: KMS does not give them.',
      metric: own('PublicKeysStale'),
      from: 1,
      periods: [2, 3],
    },
    {
      name: 'secrets-unavailable',
      means: 'Secrets Manager does not give HMAC keys: after four minutes functions answer 503.',
      metric: own('SecretsUnavailable'),
      from: 1,
      periods: [2, 3],
    },
    {
      name: 'database-slow',
      means: 'Statements take a second or longer, the Data API’s retries included.',
      metric: own('SlowStatements'),
      from: 10,
      periods: [2, 3],
    },
    {
      name: 'database-unavailable',
      means: 'Requests end in 503: the database does not answer in time.',
      metric: own('DatabaseUnavailable'),
      from: 5,
    },
    ...(clusterIdentifier ? [clusterRow(clusterIdentifier)] : []),
    {
      name: 'mail-bounces',
      means: 'One mail in twenty bounces; from one in ten SES may stop the account.',
      metric: new Metric({ namespace: 'AWS/SES', metricName: 'Reputation.BounceRate', period: Duration.hours(1) }),
      from: 0.05,
    },
    {
      name: 'mail-complaints',
      means: 'One mail in a thousand is reported as spam; SES may stop the account.',
      metric: new Metric({ namespace: 'AWS/SES', metricName: 'Reputation.ComplaintRate', period: Duration.hours(1) }),
      from: 0.001,
    },
    ...functions.flatMap(functionRows),
  ];
}

const clusterRow = (DBClusterIdentifier: string): Row => ({
  name: 'database-capacity',
  means: 'Aurora works at nine tenths of its greatest capacity.',
  metric: new Metric({
    namespace: 'AWS/RDS',
    metricName: 'ACUUtilization',
    dimensionsMap: { DBClusterIdentifier },
    statistic: Stats.AVERAGE,
    period: PERIOD,
  }),
  from: 90,
  periods: [3, 3],
});

/** What no caller would notice: those that schedules and events invoke. A route's errors are the API's. */
function functionRows({ spec: { name }, handler, deadLetters }: ServiceFunction): Row[] {
  if (!deadLetters) return [];
  const sum = { statistic: Stats.SUM, period: PERIOD };
  return [
    {
      name: `${name}-errors`,
      means: `${name} fails again and again.`,
      metric: handler.metricErrors(sum),
      from: 1,
      periods: [2, 3],
    },
    {
      name: `${name}-throttled`,
      means: `${name} is refused its turn.`,
      metric: handler.metricThrottles(sum),
      from: 1,
      periods: [3, 3],
    },
    {
      name: `${name}-dead-letters`,
      means: `What ${name} failed on to the end waits in its queue of dead letters.`,
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: PERIOD }),
      from: 1,
    },
  ];
}

/** One of the service's own (functions/runtime/metrics.ts). */
export const ownMetric = (stage: string, metricName: string, statistic: string): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { Stage: stage },
    statistic,
    period: PERIOD,
  });

export const apiMetric = (ApiId: string, metricName: string, statistic: string): Metric =>
  new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap: { ApiId }, statistic, period: PERIOD });
