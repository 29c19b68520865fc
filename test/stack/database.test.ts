import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { dev, functionOf, prod, resources, statementsOf, synthesize } from './synthesized.ts';

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
    // The group that AWS makes with every network lets its members in and out: it is emptied.
    const [emptied] = resources(inProd, 'Custom::VpcRestrictDefaultSG');
    expect(emptied?.Properties.DefaultSecurityGroupId).toMatch(/^<\w+\.DefaultSecurityGroup>$/);
    for (const { Properties } of resources(inProd, 'AWS::RDS::DBInstance')) {
      expect(Properties.PubliclyAccessible).not.toBe(true);
    }
  });
});

describe('for whoever asks for it', () => {
  const keyArn = 'arn:aws:kms:eu-north-1:111122223333:key/0f9b2a61-0000-4000-8000-000000000000';
  const { template } = synthesize({
    ...prod,
    deployment: { ...prod.deployment, keyArn, database: { ...prod.deployment?.database, flowLogs: true } },
  });

  it('there are flow logs of the network', () => {
    const [flows] = resources(template, 'AWS::EC2::FlowLog');
    expect(flows?.Properties).toMatchObject({ ResourceType: 'VPC', TrafficType: 'ALL' });
    const [group] = resources(template, 'AWS::Logs::LogGroup').filter(
      ({ Properties }) => Properties.LogGroupName === '/aws/vpc/identity-prod',
    );
    expect(flows?.Properties.LogGroupName).toBe(`<${group?.id}>`);
    expect(resources(inProd, 'AWS::EC2::FlowLog')).toEqual([]);
  });

  it('a key of the customer’s encrypts cluster, secrets and logs, and their readers may use it for that alone', () => {
    const [cluster] = resources(template, 'AWS::RDS::DBCluster');
    expect(cluster?.Properties).toMatchObject({ KmsKeyId: keyArn, MasterUserSecret: { KmsKeyId: keyArn } });
    for (const { id, Properties } of [
      ...resources(template, 'AWS::SecretsManager::Secret'),
      ...resources(template, 'AWS::Logs::LogGroup'),
    ]) {
      expect([id, Properties.KmsKeyId]).toEqual([id, keyArn]);
    }
    for (const { id } of resources(template, 'AWS::IAM::Role')) {
      const statements = statementsOf(template, id);
      const reads = statements.some(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));
      const decrypts = statements.filter(({ actions }) => actions.includes('kms:Decrypt'));
      expect([id, decrypts.length]).toEqual([id, reads ? 1 : 0]);
      for (const { resources: on, Condition } of decrypts) {
        expect(on).toEqual([keyArn]);
        expect(JSON.stringify(Condition)).toMatch(/kms:ViaService.*secretsmanager\./);
      }
    }
    expect(JSON.stringify(inProd.toJSON())).not.toContain('KmsKeyId');
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
