/**
 * The database: an Aurora PostgreSQL cluster that only the Data API reaches, or a given one. Nothing else may open a
 * connection, so its network has no way in, no way out, and costs nothing.
 */
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { FlowLogDestination, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import { restrictProvider } from './cdk-provider.ts';
import { InlineRole } from './inline-role.ts';
import { logGroupName } from './names.ts';
import { encryptionKey, logGroup } from './retention.ts';

export interface Database {
  readonly clusterArn: string;
  /** `{"username", "password"}` of the role that owns the schema. */
  readonly ownerSecretArn: string;
  /** Of the stack's own cluster. */
  readonly clusterIdentifier?: string;
  /** What must stand before a statement can run; nothing for a given cluster. */
  readonly ready: readonly Construct[];
}

/** The cluster that the settings name, or a new one. */
export function makeDatabase(scope: Construct, settings: StageSettings): Database {
  const { clusterArn, secretArn } = settings.deployment.database;
  if (clusterArn && secretArn) return { clusterArn, ownerSecretArn: secretArn, ready: [] };
  const cluster = makeCluster(new Construct(scope, 'Database'), settings);
  if (!cluster.secret) throw new Error('the cluster has no secret for its owner');
  // The whole construct: the Data API answers only when the cluster has its writing instance.
  return {
    clusterArn: cluster.clusterArn,
    ownerSecretArn: cluster.secret.secretArn,
    clusterIdentifier: cluster.clusterIdentifier,
    ready: [cluster],
  };
}

function makeCluster(scope: Construct, settings: StageSettings): DatabaseCluster {
  const { stage, deployment } = settings;
  const { name, minCapacity, maxCapacity, reader, backupDays } = deployment.database;
  const clusterIdentifier = `identity-${stage}`;

  // Made first: RDS would make it without an end to what it keeps.
  const logs = logGroup(scope, 'Logs', `/aws/rds/cluster/${clusterIdentifier}/postgresql`, settings);
  const cluster = new DatabaseCluster(scope, 'Cluster', {
    clusterIdentifier,
    // 18.4 is what the tests run on.
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_18_4 }),
    defaultDatabaseName: name,
    // RDS keeps the owner's password in Secrets Manager and changes it every week; no one ever sees it.
    credentials: Credentials.fromUsername('identity_owner', encryptionKey(scope, 'OwnerKey', deployment)),
    manageMasterUserPassword: true,
    enableDataApi: true,
    iamAuthentication: false,
    writer: ClusterInstance.serverlessV2('Writer'),
    readers: reader ? [ClusterInstance.serverlessV2('Reader', { scaleWithWriter: true })] : [],
    serverlessV2MinCapacity: minCapacity,
    serverlessV2MaxCapacity: maxCapacity,
    ...(minCapacity === 0 ? { serverlessV2AutoPauseDuration: Duration.minutes(5) } : {}),
    ...makeNetwork(scope, settings),
    storageEncrypted: true,
    ...(deployment.keyArn ? { storageEncryptionKey: Key.fromKeyArn(scope, 'StorageKey', deployment.keyArn) } : {}),
    backup: { retention: Duration.days(backupDays) },
    copyTagsToSnapshot: true,
    deletionProtection: deployment.retainData,
    removalPolicy: deployment.retainData ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
    cloudwatchLogsExports: ['postgresql'],
    parameters: {
      // Details quote the values of a row, `Key (email_key)=(…)`, and statements hold a password when the migrating job
      // sets one: neither may reach a log (S5, S36).
      log_error_verbosity: 'terse',
      log_min_error_statement: 'panic',
    },
  });
  cluster.node.addDependency(logs);
  Validations.of(cluster).acknowledge(
    { id: 'AwsSolutions-RDS6', reason: 'Nothing can connect to it, so one more way to log in would serve nobody.' },
    { id: 'AwsSolutions-RDS11', reason: 'No rule lets anyone reach the port, whichever it is.' },
    ...(deployment.retainData
      ? []
      : [{ id: 'AwsSolutions-RDS10', reason: 'What retains no data, or none yet, is meant to be deleted whole.' }]),
  );
  return cluster;
}

/** CDK's id of its function that takes the rules out of a default group. */
const EMPTIES_GROUP = 'Custom::VpcRestrictDefaultSGCustomResourceProvider';

/** Aurora wants subnets in two zones. No gateway of any kind, and a security group without a rule. */
function makeNetwork(scope: Construct, settings: StageSettings) {
  const { stage, deployment } = settings;
  const vpc = new Vpc(scope, 'Network', {
    subnetConfiguration: [{ name: 'database', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    // Nothing uses the default group, which lets its members talk to each other (Security Hub, EC2.2).
    restrictDefaultSecurityGroup: true,
  });
  const log = logGroupName(stage, 'network');
  restrictProvider(scope, EMPTIES_GROUP, log, vpc, logGroup(scope, 'NetworkLogs', log, settings));
  if (deployment.database.flowLogs) logFlows(scope, vpc, settings);
  else
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason: 'Nothing but Aurora is in it, with no route in or out: there is no flow to log.',
    });
  const closed = new SecurityGroup(scope, 'Closed', {
    vpc,
    description: 'Nothing in, nothing out: the Data API does not pass through here',
    allowAllOutbound: false,
  });
  return { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, securityGroups: [closed] };
}

/** For a year's rules and audits: in a network where nothing can be reached they stay empty. */
function logFlows(scope: Construct, vpc: Vpc, settings: StageSettings): void {
  const group = logGroup(scope, 'Flows', `/aws/vpc/identity-${settings.stage}`, settings);
  const role = new InlineRole(scope, 'FlowsRole', { assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com') });
  vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(group, role) });
}
