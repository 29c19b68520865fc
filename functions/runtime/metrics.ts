/**
 * Metrics through the log: CloudWatch reads them from lines in its embedded metric format, so none costs a call.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import { METRIC_NAMESPACE } from './metric-namespace.ts';
import type { outcomes } from './outcomes.ts';

type Unit = 'Count' | 'Seconds' | 'Milliseconds';

/**
 * Writes one data point for each metric, under the stage's name.
 * @param dimensions beside the stage; CloudWatch makes a metric of each value, so use few, and none about a person
 */
export function emitMetrics(
  metrics: Readonly<Record<string, readonly [value: number, unit: Unit]>>,
  dimensions: Readonly<Record<string, string>> = {},
): void {
  const { STAGE: stage } = process.env;
  // An operator's command: no metrics are read out of its output.
  if (!stage) return;
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [['Stage', ...Object.keys(dimensions)]],
          Metrics: Object.entries(metrics).map(([Name, [, Unit]]) => ({ Name, Unit })),
        },
      ],
    },
    Stage: stage,
    ...dimensions,
    ...Object.fromEntries(Object.entries(metrics).map(([name, [value]]) => [name, value])),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Counts one request's outcome, from the metric's closed set. */
export function countOutcome<M extends keyof typeof outcomes>(metric: M, outcome: (typeof outcomes)[M][number]): void {
  emitMetrics({ [metric]: [1, 'Count'] }, { Outcome: outcome });
}
