/** The database's backups in another Region. */
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { makeIdentity } from './in-an-app.ts';
import { dev, everything, prod, resources, statementsOf, synthesize } from './synthesized.ts';

type Copy = NonNullable<NonNullable<typeof prod.deployment>['backupCopy']>;
const KEY = 'arn:aws:kms:eu-north-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555';
const THERE = KEY.replace('eu-north-1', 'eu-west-1');
const VAULT = 'arn:aws:backup:eu-west-1:111122223333:backup-vault:recovery';

const copying = (backupCopy: Copy, deployment: typeof prod.deployment = {}) =>
  synthesize({ ...prod, deployment: { ...prod.deployment, ...deployment, backupCopy } });
const { root, backups, service } = synthesize(everything);
const vaultThere = /^arn:.*:backup:eu-west-1:<AWS::AccountId>:backup-vault:identity-prod$/;

function roleOf(template: typeof root) {
  const [role] = resources(template, 'AWS::IAM::Role').filter(({ id }) => id.startsWith('BackupCopy'));
  return { role, statements: statementsOf(template, role?.id ?? '') };
}

describe('copies of the backups', () => {
  it('are off: without the setting there is no plan, no vault and no stack elsewhere', () => {
    const without = synthesize(prod);
    expect(without.backups).toBeUndefined();
    const own = resources(without.template).filter(({ Type }) => Type.startsWith('AWS::Backup::'));
    expect(own).toEqual([]);
  });

  it('come of a daily snapshot of the cluster, and each is kept for its own time', () => {
    const [cluster] = resources(root, 'AWS::RDS::DBCluster');
    const [plan] = resources(root, 'AWS::Backup::BackupPlan');
    const [selection] = resources(root, 'AWS::Backup::BackupSelection');
    expect(plan?.Properties.BackupPlan.BackupPlanRule).toEqual([
      expect.objectContaining({
        ScheduleExpression: 'cron(0 2 * * ? *)',
        TargetBackupVault: 'identity-prod',
        Lifecycle: { DeleteAfterDays: 2 },
        CopyActions: [
          { DestinationBackupVaultArn: expect.stringMatching(vaultThere), Lifecycle: { DeleteAfterDays: 7 } },
        ],
      }),
    ]);
    const [arn] = selection?.Properties.BackupSelection.Resources ?? [];
    expect(arn).toMatch(new RegExp(`:rds:eu-north-1:111122223333:cluster:<${cluster?.id}>$`));
  });

  it('go to a vault in a stack of the other Region, which is deployed first and stays', () => {
    const [vault] = resources(backups ?? root, 'AWS::Backup::BackupVault');
    expect(vault?.Properties).toEqual({ BackupVaultName: 'identity-prod' });
    expect(vault?.DeletionPolicy).toBe('RetainExceptOnCreate');
    const before = service.dependencies.map(({ stackName, region }) => `${stackName} ${region}`);
    expect(before).toContain('identity-prod-backups eu-west-1');
  });

  it('S49: are made by a role that reaches the cluster, AWS Backup’s own snapshots, and the two vaults', () => {
    const { role, statements } = roleOf(root);
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
    const [cluster] = resources(root, 'AWS::RDS::DBCluster');
    const named = statements.flatMap(({ actions, resources: arns }) => arns.map((arn) => `${actions} ${arn}`));
    const regions = ['<AWS::Region>', 'eu-west-1'];
    const snapshots = regions.map(
      (region) => `arn:<AWS::Partition>:rds:${region}:<AWS::AccountId>:cluster-snapshot:awsbackup:*`,
    );
    const vaults = regions.map(
      (region) => `arn:<AWS::Partition>:backup:${region}:<AWS::AccountId>:backup-vault:identity-prod`,
    );
    const snapshot =
      'rds:AddTagsToResource,rds:CreateDBClusterSnapshot,rds:DescribeDBClusterSnapshots,rds:DescribeDBClusters,rds:ListTagsForResource';
    const copy = 'rds:CopyDBClusterSnapshot,rds:DeleteDBClusterSnapshot,rds:ModifyDBClusterSnapshotAttribute';
    expect(named.toSorted()).toEqual(
      [
        ...[`arn:aws:rds:eu-north-1:111122223333:cluster:<${cluster?.id}>`, ...snapshots].map(
          (arn) => `${snapshot} ${arn}`,
        ),
        ...snapshots.map((arn) => `${copy} ${arn}`),
        ...vaults.map((arn) => `backup:CopyIntoBackupVault,backup:DescribeBackupVault ${arn}`),
        'tag:GetResources *',
      ].toSorted(),
    );
  });

  it('are encrypted by the keys of the settings, each in its Region', () => {
    const keyed = copying({ region: 'eu-west-1', keyArn: THERE }, { keyArn: KEY });
    const keyOf = (template: typeof root) =>
      resources(template, 'AWS::Backup::BackupVault').map(({ Properties }) => Properties.EncryptionKeyArn);
    expect([keyOf(keyed.root), keyOf(keyed.backups ?? root)]).toEqual([[KEY], [THERE]]);
    const grants = roleOf(keyed.root).statements.filter(({ actions }) => actions.includes('kms:CreateGrant'));
    expect(grants).toEqual([
      expect.objectContaining({
        resources: [KEY, THERE],
        Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    ]);
  });

  it('lock nothing unless told to, and then so that the lock can be taken off', () => {
    const locked = copying({ region: 'eu-west-1', lock: true, keepDays: 90 });
    const [vault] = resources(locked.backups ?? root, 'AWS::Backup::BackupVault');
    expect(vault?.Properties.LockConfiguration).toEqual({ MinRetentionDays: 90 });
  });

  it('may be of a given cluster, and go to a given vault: then no stack is made elsewhere', () => {
    const clusterArn = 'arn:aws:rds:eu-north-1:111122223333:cluster:shared';
    const secretArn = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:shared-AbCdEf';
    const database = { clusterArn, secretArn };
    const given = copying({ region: 'eu-west-1', vaultArn: VAULT }, { database });
    expect(given.backups).toBeUndefined();
    const [selection] = resources(given.root, 'AWS::Backup::BackupSelection');
    expect(selection?.Properties.BackupSelection.Resources).toEqual([clusterArn]);
    const [plan] = resources(given.root, 'AWS::Backup::BackupPlan');
    const [rule] = plan?.Properties.BackupPlan.BackupPlanRule ?? [];
    expect(rule.CopyActions[0].DestinationBackupVaultArn).toBe(VAULT);
    const watched = resources(given.root, 'AWS::CloudWatch::Alarm').find(
      ({ Properties }) => Properties.AlarmName === 'identity-prod-backup-copy-silent',
    );
    expect(JSON.stringify(watched?.Properties.Metrics)).toContain('"Value":"recovery"');
  });

  it.each([
    [{ region: 'eu-north-1' }, "deployment.backupCopy.region is the stage's own"],
    [{ region: 'Ireland' }, 'deployment.backupCopy.region: must be a Region'],
    [{ region: 'eu-west-1', keyArn: KEY }, 'deployment.backupCopy.keyArn: must be a key of the region'],
    [{ region: 'us-east-1', vaultArn: VAULT }, 'deployment.backupCopy.vaultArn: must be a vault of the region'],
    [{ region: 'eu-west-1', vaultArn: VAULT, lock: true }, 'deployment.backupCopy.vaultArn: a given vault has a key'],
  ])('refuse %j', (backupCopy, message) => {
    expect(() => copying(backupCopy)).toThrow(message);
  });

  it('go to another Region than the service’s, also in an app of somebody’s', () => {
    const stack = new Stack(new App(), 'School', { env: { account: '111122223333', region: 'eu-north-1' } });
    const deployment = { backupCopy: { region: 'eu-north-1' } };
    expect(() => makeIdentity(stack, 'Identity', { ...dev, deployment })).toThrow("is the stage's own, eu-north-1");
  });
});
