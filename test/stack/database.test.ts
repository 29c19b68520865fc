import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { dev, functionOf, prod, resources, synthesize } from './synthesized.ts';

const { template: inDev } = synthesize(dev);
const { template: inProd } = synthesize(prod);

describe('the cluster', () => {
  it('is PostgreSQL 18, reached through the Data API', () => {
    inDev.hasResourceProperties('AWS::RDS::DBCluster', {
      Engine: 'aurora-postgresql',
      EngineVersion: Match.stringLikeRegexp('^18\\.'),
      EnableHttpEndpoint: true,
      DatabaseName: 'identity',
    });
  });

  it('pauses in dev but not in production, which has a reader in reserve', () => {
    inDev.hasResourceProperties('AWS::RDS::DBCluster', {
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 4, SecondsUntilAutoPause: 300 },
    });
    inDev.resourceCountIs('AWS::RDS::DBInstance', 1);
    inProd.hasResourceProperties('AWS::RDS::DBCluster', {
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16, SecondsUntilAutoPause: Match.absent() },
    });
    inProd.resourceCountIs('AWS::RDS::DBInstance', 2);
    inProd.allResourcesProperties('AWS::RDS::DBInstance', { DBInstanceClass: 'db.serverless' });
  });

  it('S51: is encrypted, and so are its backups', () => {
    inDev.hasResourceProperties('AWS::RDS::DBCluster', { StorageEncrypted: true, BackupRetentionPeriod: 1 });
    inProd.hasResourceProperties('AWS::RDS::DBCluster', { StorageEncrypted: true, BackupRetentionPeriod: 14 });
  });

  it('S51: cannot be deleted in production, and leaves a snapshot', () => {
    inProd.hasResource('AWS::RDS::DBCluster', {
      Properties: { DeletionProtection: true },
      DeletionPolicy: 'Snapshot',
      UpdateReplacePolicy: 'Snapshot',
    });
  });

  it('leaves nothing behind in dev', () => {
    const kept = resources(inDev).filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete');
    expect(kept.map(({ id }) => id)).toEqual([]);
    inDev.hasResourceProperties('AWS::RDS::DBCluster', { DeletionProtection: false });
  });

  it('S36: writes neither the values of rows nor statements to its log, which expires', () => {
    inProd.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Parameters: { log_error_verbosity: 'terse', log_min_error_statement: 'panic' },
    });
    inProd.hasResourceProperties('AWS::RDS::DBCluster', { EnableCloudwatchLogsExports: ['postgresql'] });
    inProd.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/rds/cluster/identity-prod/postgresql',
      RetentionInDays: 90,
    });
  });
});

describe('its network', () => {
  it('has no way out', () => {
    for (const type of ['NatGateway', 'InternetGateway', 'EgressOnlyInternetGateway', 'Route', 'EIP']) {
      inProd.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
    inProd.resourceCountIs('AWS::EC2::Subnet', 2);
    inProd.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  it('has no way in', () => {
    inProd.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    inProd.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    inProd.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    for (const { Properties } of resources(inProd, 'AWS::RDS::DBInstance')) {
      expect(Properties.PubliclyAccessible).not.toBe(true);
    }
  });
});

describe('a given cluster', () => {
  const clusterArn = 'arn:aws:rds:eu-north-1:111122223333:cluster:shared';
  const secretArn = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:shared-AbCdEf';
  const { template } = synthesize({ stage: 'dev', deployment: { database: { clusterArn, secretArn, name: 'other' } } });

  it('is used as it is: no cluster and no network are created', () => {
    expect(resources(template).filter(({ Type }) => /^AWS::(RDS|EC2)::/.test(Type))).toEqual([]);
  });

  it('is opened by the migrating job as its owner, and by the routes as the application', () => {
    const migrate = functionOf(template, 'dev', 'migrate').Properties.Environment.Variables;
    expect(migrate).toMatchObject({ DATABASE_CLUSTER_ARN: clusterArn, DATABASE_NAME: 'other' });
    expect(migrate.DATABASE_SECRET_ARN).toBe(secretArn);
    const login = functionOf(template, 'dev', 'auth-login').Properties.Environment.Variables;
    expect(login).toMatchObject({ DATABASE_CLUSTER_ARN: clusterArn, DATABASE_NAME: 'other' });
    expect(login.DATABASE_SECRET_ARN).toBe(migrate.APPLICATION_SECRET_ARN);
    expect(login.DATABASE_SECRET_ARN).not.toBe(secretArn);
  });
});
