/**
 * Every call to AWS that the doctor makes, by its IAM action; after a # stands what of it, where an action is several calls.
 * None changes anything: a test holds the names to `Describe`, `Get` and `List`, and README's policy ("The doctor") to this
 * table.
 */
import type { Ask, AwsRequest } from '../aws-request.ts';
import { parseXml } from './xml.ts';

export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value };
export type Values = Readonly<Record<string, Value>>;

interface Call {
  request(values: Values): AwsRequest;
  /** What the answer holds. */
  read(answer: string): unknown;
}

type Host = Pick<AwsRequest, 'service' | 'host' | 'isGlobal' | 'region'>;

const asJson = (answer: string): unknown => JSON.parse(answer || '{}');

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html and alike */
const json = (service: string, target: string, version = '1.1'): Call => ({
  request: (values) => ({
    service,
    headers: { 'x-amz-target': target, 'content-type': `application/x-amz-json-${version}` },
    body: JSON.stringify(values),
  }),
  read: asJson,
});

/** The older services: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/making-api-requests.html */
const query = (service: string, Action: string, Version: string): Call => ({
  request: (values) => ({
    service,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(flat({ Action, Version, ...values })).toString(),
  }),
  read(answer) {
    const result = (parseXml(answer) as Record<string, unknown>)[`${Action}Result`];
    if (result === undefined) throw new Error(`the answer is not that of ${Action}`);
    return result;
  },
});

/** `Names: ['a']` → `Names.member.1=a` */
function flat(value: Value, name = ''): [string, string][] {
  if (typeof value !== 'object') return [[name, String(value)]];
  const prefix = name === '' ? '' : `${name}.`;
  return Array.isArray(value)
    ? value.flatMap((one, index) => flat(one, `${prefix}member.${index + 1}`))
    : Object.entries(value).flatMap(([key, one]) => flat(one, `${prefix}${key}`));
}

/** @param path with `{Name}` for values that belong into it; the others go into the query */
const rest = (host: Host, path: string, read: Call['read'] = asJson): Call => ({
  request(values) {
    const left = { ...values };
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      delete left[name];
      return encodeURIComponent(String(values[name]));
    });
    const search = new URLSearchParams(
      Object.entries(left).map(([name, value]) => [name, String(value)] as [string, string]),
    ).toString();
    return { ...host, method: 'GET', path: search === '' ? filled : `${filled}?${search}` };
  },
  read,
});

const apiGateway = { service: 'apigateway' };
const lambda = { service: 'lambda' };
const ses = { service: 'ses', host: 'email' };
const cloudFront = { service: 'cloudfront', isGlobal: true, region: 'us-east-1' };

export const calls = {
  'acm:DescribeCertificate': json('acm', 'CertificateManager.DescribeCertificate'),
  'apigateway:GET#apis': rest(apiGateway, '/v2/apis'),
  'apigateway:GET#stage': rest(apiGateway, '/v2/apis/{ApiId}/stages/{StageName}'),
  'cloudformation:DescribeStacks': query('cloudformation', 'DescribeStacks', '2010-05-15'),
  'cloudfront:ListDistributions': rest(cloudFront, '/2020-05-31/distribution', parseXml),
  'cloudwatch:DescribeAlarms': query('monitoring', 'DescribeAlarms', '2010-08-01'),
  'cloudwatch:GetMetricData': query('monitoring', 'GetMetricData', '2010-08-01'),
  'kms:DescribeKey': json('kms', 'TrentService.DescribeKey'),
  'kms:GetKeyPolicy': json('kms', 'TrentService.GetKeyPolicy'),
  'kms:GetPublicKey': json('kms', 'TrentService.GetPublicKey'),
  'kms:ListAliases': json('kms', 'TrentService.ListAliases'),
  'lambda:GetAccountSettings': rest(lambda, '/2016-08-19/account-settings'),
  'lambda:GetFunctionConcurrency': rest(lambda, '/2019-09-30/functions/{FunctionName}/concurrency'),
  'lambda:ListEventSourceMappings': rest(lambda, '/2015-03-31/event-source-mappings/'),
  'lambda:ListFunctions': rest(lambda, '/2015-03-31/functions/'),
  'rds:DescribeDBClusters': query('rds', 'DescribeDBClusters', '2014-10-31'),
  'rds:DescribeDBMajorEngineVersions': query('rds', 'DescribeDBMajorEngineVersions', '2014-10-31'),
  'rds:DescribePendingMaintenanceActions': query('rds', 'DescribePendingMaintenanceActions', '2014-10-31'),
  'scheduler:ListSchedules': rest({ service: 'scheduler' }, '/schedules'),
  'secretsmanager:DescribeSecret#local': json('secretsmanager', 'secretsmanager.DescribeSecret'),
  'secretsmanager:ListSecrets': json('secretsmanager', 'secretsmanager.ListSecrets'),
  'servicequotas:GetServiceQuota': json('servicequotas', 'ServiceQuotasV20190624.GetServiceQuota'),
  'ses:GetAccount': rest(ses, '/v2/email/account'),
  'ses:GetConfigurationSet': rest(ses, '/v2/email/configuration-sets/{ConfigurationSetName}'),
  'ses:GetConfigurationSetEventDestinations': rest(
    ses,
    '/v2/email/configuration-sets/{ConfigurationSetName}/event-destinations',
  ),
  'ses:GetEmailIdentity': rest(ses, '/v2/email/identities/{EmailIdentity}'),
  'sns:GetTopicAttributes': query('sns', 'GetTopicAttributes', '2010-03-31'),
  'sns:ListSubscriptionsByTopic': query('sns', 'ListSubscriptionsByTopic', '2010-03-31'),
  'sqs:GetQueueAttributes': json('sqs', 'AmazonSQS.GetQueueAttributes', '1.0'),
  'sqs:GetQueueUrl': json('sqs', 'AmazonSQS.GetQueueUrl', '1.0'),
} as const satisfies Record<string, Call>;

export type CallName = keyof typeof calls;

/** Makes a call once. @throws AwsRefusal, or what fetch throws */
export const answersOf =
  (ask: Ask) =>
  async <T>(name: CallName, values: Values = {}): Promise<T> =>
    calls[name].read(await ask(calls[name].request(values))) as T;

/** What the caller has to be allowed: `kms:ListAliases`. */
export const actionOf = (name: CallName): string => name.replace(/#.*/, '');

/** What the database needs besides: the Data API opens the functions' login in the caller's name. */
export const databaseActions = ['rds-data:ExecuteStatement', 'secretsmanager:GetSecretValue'] as const;
