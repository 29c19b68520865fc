/** Where CloudWatch keeps the service's own metrics; apart from metrics.ts, which needs a function's environment. */
export const METRIC_NAMESPACE = 'HuleEdu/Identity';
