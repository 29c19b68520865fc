/**
 * What wakes somebody up (S52). Each row is a section of the README's runbook: what it means, and the command to run.
 * By hand, since a row is shorter than any library's way to say the same.
 */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import { apiMetric, ownMetric, PERIOD } from './metrics.ts';
import { alarmName } from './names.ts';

/** What there is to be watched. */
export interface Watched {
  readonly apiId: string;
  /** The stack's own cluster; none where one is given. */
  readonly clusterIdentifier?: string;
}

export interface AlarmRow {
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

const DAY = 24 * 60 * 60;

export function makeAlarms(scope: Construct, topic: ITopic, rows: readonly AlarmRow[], stage: string): void {
  for (const { name, means, metric, from, periods = [1, 1], silence = false } of rows) {
    const alarm = new Alarm(scope, name, {
      alarmName: alarmName(stage, name),
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
  }
}

/** What is watched of the stage as a whole. What is watched of a function stands with it (function-alarms.ts). */
export function stageAlarms({ apiId, clusterIdentifier }: Watched, { stage, service }: StageSettings): AlarmRow[] {
  const own = (metricName: string, statistic: string = Stats.SUM) => ownMetric(stage, metricName, statistic);
  const api = (metricName: string, statistic: string) => apiMetric(apiId, metricName, statistic);
  const sum = { statistic: Stats.SUM, period: PERIOD };
  return [
    {
      name: 'api-5xx',
      means: 'One request in a hundred, or more, ends in a 5xx: five in five minutes at least.',
      metric: new MathExpression({
        expression: 'IF(failed >= 5, failed / requests, 0)',
        usingMetrics: { failed: api('5xx', Stats.SUM), requests: api('Count', Stats.SUM) },
        label: 'the share of 5xx',
        period: PERIOD,
      }),
      from: 0.01,
      periods: [2, 3],
    },
    {
      name: 'api-slow',
      means: 'One request in a hundred takes 3 s or more, of a hundred in five minutes at least.',
      // Of fewer the hundredth part is a single cold start.
      metric: new MathExpression({
        expression: 'IF(requests >= 100, slowest, 0)',
        usingMetrics: { slowest: api('Latency', Stats.percentile(99)), requests: api('Count', Stats.SUM) },
        label: 'p99 of the latency',
        period: PERIOD,
      }),
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
      name: 'email-codes-wrong',
      // One address takes ten wrong codes a day, so only somebody who tries many comes this far.
      means: 'Many mailed codes are wrong, over all accounts: somebody guesses them.',
      metric: own('EmailCodesWrong'),
      from: 50,
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
      name: 'rows-outside-partitions',
      means: 'Events or audit entries are written for which no partition was made.',
      metric: own('RowsOutsidePartitions', Stats.MAXIMUM),
      from: 1,
    },
    {
      name: 'events-refused',
      means: 'A consumer got an event that cannot be read, or one in this service’s name that it never sent.',
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
      means: 'KMS does not sign: people cannot log in or refresh.',
      metric: own('SigningErrors'),
      from: 5,
    },
    {
      name: 'signing-denied',
      means: 'KMS denies the key, or there is none: nobody can log in or refresh, and no time mends it.',
      metric: own('SigningDenied'),
      from: 1,
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
      means: 'KMS does not give the published keys: they are served from memory, or not at all.',
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
      name: 'mail-stopped',
      means: 'SES takes no mail of this stage’s sender: all mails wait until somebody acts.',
      metric: own('MailStopped'),
      from: 1,
      // A mail that waits for long is tried every half an hour: no end of the alarm between two tries.
      periods: [1, 7],
    },
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
  ];
}

const clusterRow = (DBClusterIdentifier: string): AlarmRow => ({
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
