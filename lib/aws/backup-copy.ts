/**
 * The database's backups in another Region. Aurora copies no continuous backup: AWS Backup takes a snapshot of the cluster
 * each day and copies that. A snapshot is encrypted as its cluster is; a copy by the key of the vault that it goes to, or,
 * where the vault has none of the customer's, by AWS's own key for RDS in that Region.
 *
 * Sources: https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html,
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html,
 * https://repost.aws/knowledge-center/backup-encryption
 */
import { Aws, Stack, Token, Validations } from 'aws-cdk-lib';
import { CfnBackupPlan, CfnBackupSelection, CfnBackupVault, type CfnBackupVaultProps } from 'aws-cdk-lib/aws-backup';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DeploymentSettings, StageSettings, StageSettingsInput } from '../service/config.ts';
import { backUp } from './backup-permissions.ts';
import { InlineRole } from './inline-role.ts';
import { parseProps } from './props.ts';
import { removalPolicy } from './retention.ts';

type BackupCopy = NonNullable<DeploymentSettings['backupCopy']>;

/** Of both vaults: each is alone in its Region, and its ARN can be said before it is there. */
export const vaultName = (stage: string) => `identity-${stage}`;

/** Those of the service, of which it takes `stage`, `deployment.retainData` and `deployment.backupCopy`. */
export type IdentityBackupVaultProps = StageSettingsInput;

/**
 * The vault in the other Region, in a stack there: CloudFormation makes nothing outside a stack's own Region.
 *
 * ```ts
 * new IdentityBackupVault(inEuWest1, 'Backups', props);
 * ```
 */
export class IdentityBackupVault extends Construct {
  /** @throws Error naming the property that is wrong, or outside `deployment.backupCopy.region` */
  constructor(scope: Construct, id: string, props: IdentityBackupVaultProps) {
    super(scope, id);
    const { stage, deployment } = parseProps(props);
    const { backupCopy } = deployment;
    if (!backupCopy) throw new Error(`${this.node.path}: deployment.backupCopy names no Region`);
    const { region } = Stack.of(this);
    if (!Token.isUnresolved(region) && region !== backupCopy.region)
      throw new Error(`${this.node.path}: deployment.backupCopy.region is ${backupCopy.region}, not ${region}`);
    const { keyArn, keepDays, lock } = backupCopy;
    makeVault(this, stage, deployment, {
      ...(keyArn ? { encryptionKeyArn: keyArn } : {}),
      // Without a number of days in which it can be changed, whoever may can take it off at any time.
      ...(lock ? { lockConfiguration: { minRetentionDays: keepDays } } : {}),
    });
  }
}

/** The plan, in the stage's own Region. @param clusterArn of its own cluster, or of the given one */
export function copyBackups(parent: Construct, settings: StageSettings, clusterArn: string): void {
  const { stage, deployment } = settings;
  const { backupCopy, keyArn } = deployment;
  if (!backupCopy) return;
  if (backupCopy.region === Stack.of(parent).region)
    throw new Error(`deployment.backupCopy.region is the stage's own, ${backupCopy.region}: name another`);
  const scope = new Construct(parent, 'BackupCopy');
  const destination = backupCopy.vaultArn ?? vaultArn(backupCopy.region, stage);
  const vault = makeVault(scope, stage, deployment, keyArn ? { encryptionKeyArn: keyArn } : {});
  const role = new InlineRole(scope, 'Role', {
    // Without aws:SourceAccount: AWS documents that key for topics that AWS Backup publishes to, and not for roles. A role
    // can only be passed within its account. https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    description: 'Takes snapshots of the database of the identity service and copies them to another Region',
  });
  const statements = backUp({
    clusterArn,
    region: backupCopy.region,
    vaultArns: [vaultArn(Aws.REGION, stage), destination],
    keyArns: [keyArn, backupCopy.keyArn].filter((arn) => arn !== undefined),
  });
  for (const statement of statements) role.addToPolicy(statement);
  Validations.of(role).acknowledge(
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'What a plan selects is looked up by an action without a resource.',
    },
    ...['<AWS::Region>', backupCopy.region].map((region) => ({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:rds:${region}:<AWS::AccountId>:cluster-snapshot:awsbackup:*]`,
      reason: 'AWS Backup names each snapshot that it makes; all with this beginning are its own.',
    })),
  );
  const plan = new CfnBackupPlan(scope, 'Plan', {
    backupPlan: {
      backupPlanName: `identity-${stage}-to-${backupCopy.region}`,
      backupPlanRule: [rule(backupCopy, vault.backupVaultName, destination)],
    },
  });
  plan.node.addDependency(vault);
  const selection = new CfnBackupSelection(scope, 'Cluster', {
    backupPlanId: plan.ref,
    backupSelection: { selectionName: 'cluster', iamRoleArn: role.roleArn, resources: [clusterArn] },
  });
  selection.node.addDependency(role);
}

const rule = (
  { hour, keepDays, sourceKeepDays }: BackupCopy,
  targetBackupVault: string,
  destinationBackupVaultArn: string,
): CfnBackupPlan.BackupRuleResourceTypeProperty => ({
  ruleName: 'daily',
  targetBackupVault,
  scheduleExpression: `cron(0 ${hour} * * ? *)`,
  scheduleExpressionTimezone: 'Etc/UTC',
  // AWS's defaults are eight hours to begin in and a week to end in.
  startWindowMinutes: 60,
  completionWindowMinutes: 6 * 60,
  lifecycle: { deleteAfterDays: sourceKeepDays },
  copyActions: [{ destinationBackupVaultArn, lifecycle: { deleteAfterDays: keepDays } }],
});

function makeVault(
  scope: Construct,
  stage: string,
  deployment: DeploymentSettings,
  props: Omit<CfnBackupVaultProps, 'backupVaultName'>,
): CfnBackupVault {
  const vault = new CfnBackupVault(scope, 'Vault', { backupVaultName: vaultName(stage), ...props });
  // AWS deletes no vault that holds a recovery point: a stage that keeps its data keeps this one too.
  vault.applyRemovalPolicy(removalPolicy(deployment));
  return vault;
}

const vaultArn = (region: string, stage: string) =>
  `arn:${Aws.PARTITION}:backup:${region}:${Aws.ACCOUNT_ID}:backup-vault:${vaultName(stage)}`;
