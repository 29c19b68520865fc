/**
 * List prices that the cost page is computed from (cost.ts): USD, us-east-1, without free tiers, each with
 * AWS's page. Nothing else in the repository names a price of AWS.
 */

/** When they were last compared with the pages. */
export const PRICES_AS_OF = 'November 2026';

type Row = readonly [usd: number, units: number, what: string, page: string];

const lambda = 'https://aws.amazon.com/lambda/pricing/';
const apiGateway = 'https://aws.amazon.com/api-gateway/pricing/';
const aurora = 'https://aws.amazon.com/rds/aurora/pricing/';
const kms = 'https://aws.amazon.com/kms/pricing/';
const eventBridge = 'https://aws.amazon.com/eventbridge/pricing/';
const cloudWatch = 'https://aws.amazon.com/cloudwatch/pricing/';
const waf = 'https://aws.amazon.com/waf/pricing/';
const cloudFront = 'https://aws.amazon.com/cloudfront/pricing/';
const cognito = 'https://aws.amazon.com/cognito/pricing/';

/** Each price: USD, for how many, of what. */
export const priceList = {
  lambdaRequest: [0.2, 1e6, 'Lambda: requests', lambda],
  // Initialisation is billed like any other time since August 2025:
  // https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
  lambdaGbSecond: [0.0000133334, 1, 'Lambda: GB-second on arm64, initialisation included', lambda],
  httpApiRequest: [1, 1e6, 'API Gateway: requests of an HTTP API, the first 300 million a month', apiGateway],
  dataApiRequest: [0.35, 1e6, 'Data API: requests of up to 32 KB, the first billion a month', aurora],
  acuHour: [0.12, 1, 'Aurora: capacity unit and hour, standard', aurora],
  auroraIo: [0.2, 1e6, 'Aurora: I/O requests, standard', aurora],
  storageGbMonth: [0.1, 1, 'Aurora: GB and month, standard', aurora],
  // RSA 2048 costs what a symmetric key does. 0.15 is the price of all other asymmetric keys.
  kmsRequest: [0.03, 1e4, 'KMS: requests with RSA 2048', kms],
  kmsKeyMonth: [1, 1, 'KMS: key and month', kms],
  event: [1, 1e6, 'EventBridge: custom events of up to 64 KB', eventBridge],
  scheduleStarted: [1, 1e6, 'EventBridge Scheduler: invocations', eventBridge],
  secretMonth: [0.4, 1, 'Secrets Manager: secret and month', 'https://aws.amazon.com/secrets-manager/pricing/'],
  logGb: [0.5, 1, 'CloudWatch: GB of logs taken in', cloudWatch],
  alarmMonth: [0.1, 1, 'CloudWatch: alarm and month', cloudWatch],
  metricMonth: [0.3, 1, 'CloudWatch: own metric and month', cloudWatch],
  dashboardMonth: [3, 1, 'CloudWatch: dashboard and month', cloudWatch],
  bucketGbMonth: [0.023, 1, 'S3: GB and month, standard, the first 50 TB', 'https://aws.amazon.com/s3/pricing/'],
  backupGbMonth: [0.021, 1, 'Aurora: GB and month of snapshots', aurora],
  regionGb: [0.02, 1, 'Data transfer to another Region: GB', 'https://aws.amazon.com/ec2/pricing/on-demand/'],
  trace: [5, 1e6, 'X-Ray: traces recorded', 'https://aws.amazon.com/xray/pricing/'],
  mail: [0.1, 1e3, 'SES: mails', 'https://aws.amazon.com/ses/pricing/'],
  egressGb: [
    0.09,
    1,
    'Data transfer out: GB, the first 10 TB a month',
    'https://aws.amazon.com/ec2/pricing/on-demand/',
  ],
  edgeRequest: [1, 1e6, 'CloudFront: https requests, United States', cloudFront],
  edgeGb: [0.085, 1, 'CloudFront: GB, United States, the first 10 TB a month', cloudFront],
  wafRequest: [0.6, 1e6, 'AWS WAF: requests', waf],
  wafMonth: [5, 1, 'AWS WAF: web ACL and month', waf],
  wafRuleMonth: [1, 1, 'AWS WAF: rule and month', waf],
  cognitoMachineToken: [0.00225, 1, 'Cognito: token of a machine, the first 250,000 a month', cognito],
  cognitoMachineMonth: [6, 1, 'Cognito: client of machines and month, the first 100', cognito],
} as const satisfies Record<string, Row>;

export type PriceName = keyof typeof priceList;

/** USD for one. */
export const prices = Object.fromEntries(
  Object.entries(priceList).map(([name, [usd, units]]) => [name, usd / units]),
) as Readonly<Record<PriceName, number>>;

/**
 * Cognito's price of a monthly active user by tier: what is free, then users up to a bound at a price.
 * Source: https://aws.amazon.com/cognito/pricing/
 */
export const cognitoTiers = {
  Lite: [
    [10_000, 0],
    [100_000, 0.0055],
    [1_000_000, 0.0046],
    [10_000_000, 0.00325],
    [Number.POSITIVE_INFINITY, 0.0025],
  ],
  Essentials: [
    [10_000, 0],
    [Number.POSITIVE_INFINITY, 0.015],
  ],
  Plus: [[Number.POSITIVE_INFINITY, 0.02]],
} as const satisfies Record<string, readonly (readonly [upTo: number, usd: number])[]>;

/** As AWS counts a month, hours. */
export const HOURS_A_MONTH = 730;

/**
 * KMS's quota of operations with RSA keys a second, an account and Region's, unless it was raised.
 * Source: https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
 */
export const RSA_OPERATIONS_A_SECOND = 1_000;
