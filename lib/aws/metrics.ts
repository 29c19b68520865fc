/** The metrics that alarms and the dashboard have in common. */
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE } from '../../functions/runtime/metric-namespace.ts';

export const PERIOD = Duration.minutes(5);

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
