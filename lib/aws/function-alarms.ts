/** What is watched of a function that schedules or events invoke: no caller would notice. A route's errors are the API's. */
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionSpec } from '../service/functions.ts';
import { isUnattended } from '../service/present.ts';
import type { AlarmRow } from './alarms.ts';
import { PERIOD } from './metrics.ts';
import { deadLettersName, nameOnAws } from './names.ts';

export const functionAlarms =
  (stage: string) =>
  (spec: FunctionSpec): AlarmRow[] => {
    const { name } = spec;
    if (!isUnattended(spec)) return [];
    return [
      {
        name: `${name}-errors`,
        means: `${name} fails again and again.`,
        metric: functionMetric(stage, name, 'Errors'),
        from: 1,
        periods: [2, 3],
      },
      {
        name: `${name}-throttled`,
        means: `${name} is refused its turn.`,
        metric: functionMetric(stage, name, 'Throttles'),
        from: 1,
        periods: [3, 3],
      },
      {
        name: `${name}-dead-letters`,
        means: `What ${name} failed on to the end waits in its queue of dead letters.`,
        metric: deadLettersMetric(stage, name),
        from: 1,
      },
    ];
  };

export const functionMetric = (stage: string, name: string, metricName: 'Errors' | 'Throttles'): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: nameOnAws(stage, name) },
    statistic: Stats.SUM,
    period: PERIOD,
  });

export const deadLettersMetric = (stage: string, name: string): Metric =>
  new Metric({
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensionsMap: { QueueName: deadLettersName(stage, name) },
    statistic: Stats.MAXIMUM,
    period: PERIOD,
  });
