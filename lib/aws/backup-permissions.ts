/**
 * What AWS Backup may do for the copies: the actions that AWS names for Aurora, on the one cluster, the snapshots that AWS
 * Backup itself makes, and the two vaults.
 *
 * Sources: https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html (Amazon Aurora),
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
 */
import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

export interface Copying {
  readonly clusterArn: string;
  /** Of the copies. */
  readonly region: string;
  readonly vaultArns: readonly string[];
  /** The customer-managed keys of cluster and copies. */
  readonly keyArns: readonly string[];
}

export function backUp({ clusterArn, region, vaultArns, keyArns }: Copying): PolicyStatement[] {
  const snapshots = [Aws.REGION, region].map(
    (one) => `arn:${Aws.PARTITION}:rds:${one}:${Aws.ACCOUNT_ID}:cluster-snapshot:awsbackup:*`,
  );
  return [
    new PolicyStatement({
      actions: [
        'rds:AddTagsToResource',
        'rds:CreateDBClusterSnapshot',
        'rds:DescribeDBClusterSnapshots',
        'rds:DescribeDBClusters',
        'rds:ListTagsForResource',
      ],
      resources: [clusterArn, ...snapshots],
    }),
    new PolicyStatement({
      actions: ['rds:CopyDBClusterSnapshot', 'rds:DeleteDBClusterSnapshot', 'rds:ModifyDBClusterSnapshotAttribute'],
      resources: snapshots,
    }),
    new PolicyStatement({
      actions: ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
      resources: [...vaultArns],
    }),
    // Finds what a plan selects; it has no resource.
    new PolicyStatement({ actions: ['tag:GetResources'], resources: ['*'] }),
    ...(keyArns.length > 0
      ? [
          new PolicyStatement({ actions: ['kms:DescribeKey'], resources: [...keyArns] }),
          new PolicyStatement({
            actions: ['kms:CreateGrant'],
            resources: [...keyArns],
            // RDS encrypts by a grant, which it makes in the caller's name.
            conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
          }),
        ]
      : []),
  ];
}
