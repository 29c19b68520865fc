/**
 * Metrics by the log: CloudWatch reads them out of a line in its embedded metric format, so none costs a call.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import { METRIC_NAMESPACE } from './metric-namespace.ts';
import { environment } from './settings.ts';

type Unit = 'Count' | 'Seconds' | 'Milliseconds';

/** Writes one data point of each metric, under the stage's name. */
export function emitMetrics(metrics: Readonly<Record<string, readonly [value: number, unit: Unit]>>): void {
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [['Stage']],
          Metrics: Object.entries(metrics).map(([Name, [, Unit]]) => ({ Name, Unit })),
        },
      ],
    },
    Stage: environment('STAGE'),
    ...Object.fromEntries(Object.entries(metrics).map(([name, [value]]) => [name, value])),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
