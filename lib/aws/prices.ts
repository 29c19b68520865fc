/** List prices that the cost page is computed from (bin/cost.ts): USD, us-east-1, without free tiers, as of November 2026. */
export const prices = {
  /** https://aws.amazon.com/lambda/pricing/: a million requests; a GB-second on arm64. */
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.0000133334,
  /** https://aws.amazon.com/api-gateway/pricing/: HTTP API, the first 300 million requests a month. */
  httpApiRequest: 1 / 1e6,
  /** https://aws.amazon.com/rds/aurora/pricing/: Data API requests of up to 32 KB; capacity units; storage. */
  dataApiRequest: 0.35 / 1e6,
  acuHour: 0.12,
  storageGbMonth: 0.1,
  /** https://aws.amazon.com/kms/pricing/: requests with RSA 2048, and a key a month. */
  kmsRequest: 0.03 / 1e4,
  kmsKeyMonth: 1,
  /** https://aws.amazon.com/eventbridge/pricing/: custom events of up to 64 KB; schedules started. */
  event: 1 / 1e6,
  scheduleStarted: 1 / 1e6,
  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,
  /** https://aws.amazon.com/cloudwatch/pricing/: logs taken in; alarms, own metrics and dashboards a month. */
  logGb: 0.5,
  alarmMonth: 0.1,
  metricMonth: 0.3,
  dashboardMonth: 3,
  /** https://aws.amazon.com/xray/pricing/: of the requests, X-Ray records one a second and 5 % of the others. */
  trace: 5 / 1e6,
  /** https://aws.amazon.com/ses/pricing/ */
  mail: 0.1 / 1e3,
  /** https://aws.amazon.com/cloudfront/pricing/, https://aws.amazon.com/waf/pricing/: https requests, and those looked at. */
  edgeRequest: 1 / 1e6,
  wafRequest: 0.6 / 1e6,
  wafMonth: 5,
  wafRuleMonth: 1,
  /** https://aws.amazon.com/cognito/pricing/: a monthly active user past the free 10,000; Lite is the cheapest tier. */
  cognitoLite: 0.0055,
  cognitoEssentials: 0.015,
} as const;

/** As AWS counts a month, hours. */
export const HOURS_A_MONTH = 730;
