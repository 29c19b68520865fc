/** The CloudWatch namespace of the service's metrics. Not in metrics.ts, which needs a function's environment. */
export const METRIC_NAMESPACE = 'HuleEdu/Identity';
