/** Settings of the database's backups in another Region, by AWS Backup. */
import { z } from 'zod';
import { days } from './units.ts';

export const backupCopy = z
  .strictObject({
    /** Where the copies go. `cdk deploy --all` makes a vault there, in a stack of its own. */
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a Region, such as eu-west-1'),
    /** A vault of this account in that Region, instead of one that the stage makes. */
    vaultArn: z
      .string()
      .regex(/^arn:[\w-]+:backup:[\w-]+:\d{12}:backup-vault:/, 'must be the ARN of a backup vault')
      .optional(),
    /**
     * A customer-managed key of that Region, which encrypts the copies; without it, AWS's own key for RDS there does. The
     * copies of a cluster whose own Region is lost are only as good as this key.
     * Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
     */
    keyArn: z
      .string()
      .regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\//, 'must be the ARN of a KMS key')
      .optional(),
    /** The hour, UTC, in which the daily snapshot begins. What happened since the last one is lost with the Region. */
    hour: z.int().min(0).max(23).default(2),
    /**
     * How long copies are kept, days. An erased person is in them until then. Each is a full copy of the database, and is
     * sent and billed as such.
     * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-copy-snapshot.html
     */
    keepDays: days.max(3_650).default(7),
    /**
     * How long the snapshots that are copied are kept, days. A copy takes hours and needs its source until then; beyond it, the
     * cluster's continuous backup serves its own Region better (`database.backupDays`).
     */
    sourceKeepDays: days.min(2).max(3_650).default(2),
    /**
     * AWS Backup Vault Lock in governance mode on the stage's own vault: copies cannot be deleted before `keepDays`, unless
     * somebody who may first takes the lock off. Off by default, since an erasure cannot reach them then.
     * Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
     */
    lock: z.boolean().default(false),
  })
  .refine(({ vaultArn, region }) => !vaultArn || vaultArn.split(':')[3] === region, {
    path: ['vaultArn'],
    message: 'must be a vault of the region',
  })
  .refine(({ keyArn, region }) => !keyArn || keyArn.split(':')[3] === region, {
    path: ['keyArn'],
    message: 'must be a key of the region',
  })
  .refine(({ vaultArn, keyArn, lock }) => !vaultArn || !(keyArn || lock), {
    path: ['vaultArn'],
    message: 'a given vault has a key and a lock of its own: leave out keyArn and lock',
  });
