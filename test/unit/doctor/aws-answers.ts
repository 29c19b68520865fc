/** What AWS answers of a healthy `prod`, in the form of its own documentation: some of it no emulator has. */
import { generateKeyPairSync } from 'node:crypto';
import { signingKeyPolicy } from '../../../functions/aws/signing-key-policy.ts';
import { secretNames } from '../../../lib/service/capability.ts';
import { type StageSettings, settingsJson } from '../../../lib/service/config.ts';
import { functions } from '../../../lib/service/functions.ts';
import { iso, seconds } from './judging.ts';

const ACCOUNT = '111122223333';
const TOPIC = `arn:aws:sns:eu-north-1:${ACCOUNT}:identity-prod-alarms`;
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const PUBLIC_KEY = publicKey.export({ format: 'der', type: 'spki' });

const answerOf = (action: string, result: string) =>
  `<?xml version="1.0"?>\n<${action}Response xmlns="https://aws/doc/"><${action}Result>${result}</${action}Result>
  <ResponseMetadata><RequestId>x</RequestId></ResponseMetadata></${action}Response>`;
const forms = (results: Record<string, string>) =>
  Object.fromEntries(Object.entries(results).map(([action, result]) => [action, answerOf(action, result)]));

const stack = (name: string) => `<Stacks><member><StackName>${name}</StackName>
  <StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>${iso(40)}</CreationTime>
  <EnableTerminationProtection>true</EnableTerminationProtection><Outputs><member><OutputKey>EdgeDomainName</OutputKey>
  <OutputValue>d1.cloudfront.net</OutputValue></member></Outputs></member></Stacks>`;
const alarm = `<member><AlarmName>identity-prod-relay-lag</AlarmName>
  <AlarmArn>arn:aws:cloudwatch:eu-north-1:${ACCOUNT}:alarm:identity-prod-relay-lag</AlarmArn>
  <AlarmDescription>It waits.</AlarmDescription><ActionsEnabled>true</ActionsEnabled><StateValue>OK</StateValue>
  <StateUpdatedTimestamp>${iso(3)}</StateUpdatedTimestamp><AlarmActions><member>${TOPIC}</member></AlarmActions></member>`;
const topicPolicy = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' }],
}).replaceAll('"', '&quot;');

const key = (role: string, days: number) => ({
  AliasName: `alias/identity-prod/${role}`,
  TargetKeyId: `key-${role}`,
  LastUpdatedDate: seconds(days),
});

/** By operation, or by path. */
export function healthyAnswers({ service }: StageSettings): Record<string, string | object> {
  const Functions = functions.map(({ name }) => ({
    FunctionName: `identity-prod-${name}`,
    Environment: { Variables: { STAGE: 'prod', SETTINGS: settingsJson(service) } },
  }));
  const schedules = ['relay-outbox', 'sweep', 'rotate-signing-key'].map((name) => ({
    State: 'ENABLED',
    Target: { Arn: `arn:aws:lambda:eu-north-1:${ACCOUNT}:function:identity-prod-${name}` },
  }));
  const secrets = [
    ...secretNames.map((name) => `HMAC key ${name}`),
    'Database login of the functions',
    'what the edge proves itself with, version 1',
  ];
  const certificate = {
    DomainName: 'id.school.example',
    Status: 'ISSUED',
    NotAfter: seconds(-300),
    RenewalEligibility: 'ELIGIBLE',
  };
  return {
    ...forms({
      DescribeStacks: stack('identity-prod'),
      DescribeAlarms: `<CompositeAlarms/><MetricAlarms>${alarm}</MetricAlarms>`,
      ListSubscriptionsByTopic: `<Subscriptions><member><SubscriptionArn>${TOPIC}:x</SubscriptionArn>
        <Protocol>email</Protocol><Endpoint>a@school.example</Endpoint></member></Subscriptions>`,
      GetTopicAttributes: `<Attributes><entry><key>Owner</key><value>${ACCOUNT}</value></entry>
        <entry><key>Policy</key><value>${topicPolicy}</value></entry></Attributes>`,
      DescribeDBClusters: `<DBClusters><DBCluster><DBClusterIdentifier>identity-prod</DBClusterIdentifier>
        <Status>available</Status><Engine>aurora-postgresql</Engine><EngineVersion>18.4</EngineVersion>
        <HttpEndpointEnabled>true</HttpEndpointEnabled><DeletionProtection>true</DeletionProtection>
        <BackupRetentionPeriod>14</BackupRetentionPeriod><LatestRestorableTime>${iso(0.002)}</LatestRestorableTime>
        <DBClusterMembers><DBClusterMember><IsClusterWriter>true</IsClusterWriter></DBClusterMember>
        <DBClusterMember><IsClusterWriter>false</IsClusterWriter></DBClusterMember></DBClusterMembers>
        </DBCluster></DBClusters>`,
      DescribeDBMajorEngineVersions: `<DBMajorEngineVersions><DBMajorEngineVersion><Engine>aurora-postgresql</Engine>
        <MajorEngineVersion>18</MajorEngineVersion><SupportedEngineLifecycles><SupportedEngineLifecycle>
        <LifecycleSupportName>open-source-rds-standard-support</LifecycleSupportName>
        <LifecycleSupportEndDate>2031-02-28T23:59:59.999Z</LifecycleSupportEndDate></SupportedEngineLifecycle>
        <SupportedEngineLifecycle><LifecycleSupportName>open-source-rds-extended-support</LifecycleSupportName>
        <LifecycleSupportEndDate>2034-02-28T23:59:59.999Z</LifecycleSupportEndDate></SupportedEngineLifecycle>
        </SupportedEngineLifecycles></DBMajorEngineVersion></DBMajorEngineVersions>`,
      DescribePendingMaintenanceActions: '<PendingMaintenanceActions/>',
    }),
    ListAliases: { Aliases: [key('active', 20), key('next', 19)] },
    DescribeKey: { KeyMetadata: { Arn: `arn:aws:kms:eu-north-1:${ACCOUNT}:key/x`, KeyState: 'Enabled' } },
    GetPublicKey: { PublicKey: PUBLIC_KEY.toString('base64') },
    GetKeyPolicy: { Policy: signingKeyPolicy('prod', `arn:aws:iam::${ACCOUNT}:root`) },
    ListSecrets: {
      SecretList: secrets.map((purpose) => ({
        Description: `Identity service, stage prod: ${purpose}`,
        LastChangedDate: seconds(30),
        SecretVersionsToStages: { v: ['AWSCURRENT'] },
      })),
    },
    DescribeCertificate: { Certificate: certificate },
    GetServiceQuota: { Quota: { Value: 5000 } },
    GetQueueUrl: { QueueUrl: `https://sqs.eu-north-1.amazonaws.com/${ACCOUNT}/x` },
    GetQueueAttributes: {
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
    },
    '/2020-05-31/distribution': `<DistributionList><MaxItems>100</MaxItems><Quantity>1</Quantity><Items><DistributionSummary>
      <Status>Deployed</Status><DomainName>d1.cloudfront.net</DomainName><Aliases><Quantity>1</Quantity><Items>
      <CNAME>id.school.example</CNAME></Items></Aliases><Enabled>true</Enabled><WebACLId>arn:aws:wafv2:x</WebACLId>
      </DistributionSummary></Items></DistributionList>`,
    '/2015-03-31/functions/': { Functions },
    '/2016-08-19/account-settings': {
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 136 },
    },
    '/schedules': { Schedules: schedules },
    '/v2/apis': { items: [{ apiId: 'a1', name: 'identity-prod' }] },
    '/v2/apis/a1/stages/%24default': {
      routeSettings: { 'GET /healthz': { throttlingRateLimit: 100, throttlingBurstLimit: 100 } },
    },
    '/v2/email/account': {
      SendingEnabled: true,
      ProductionAccessEnabled: true,
      EnforcementStatus: 'HEALTHY',
      SendQuota: { Max24HourSend: 50_000, SentLast24Hours: 900, MaxSendRate: 14 },
    },
    '/v2/email/identities/school.example': {
      VerifiedForSendingStatus: true,
      DkimAttributes: { SigningEnabled: true, Status: 'SUCCESS' },
    },
    '/v2/email/configuration-sets/identity-prod': {
      SendingOptions: { SendingEnabled: true },
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE'] },
    },
    '/v2/email/configuration-sets/identity-prod/event-destinations': {
      EventDestinations: [
        { Enabled: true, MatchingEventTypes: ['BOUNCE', 'COMPLAINT', 'REJECT'], EventBridgeDestination: {} },
      ],
    },
    '/2015-03-31/event-source-mappings/': {
      EventSourceMappings: [{ State: 'Enabled', EventSourceArn: 'arn:aws:sqs:r:1:q' }],
    },
  };
}

/** One point for each figure that is asked for, now. */
export function figuresFor(form: string): string {
  const ids = [...new URLSearchParams(form)].flatMap(([name, value]) => (name.endsWith('.Id') ? [value] : []));
  const at = iso(5 / 1440);
  const member = (
    id: string,
  ) => `<member><Id>${id}</Id><StatusCode>Complete</StatusCode><Timestamps><member>${at}</member>
    </Timestamps><Values><member>0.0</member></Values></member>`;
  return answerOf('GetMetricData', `<MetricDataResults>${ids.map(member).join('')}</MetricDataResults>`);
}
