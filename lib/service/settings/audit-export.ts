/** Settings of the audit log's daily export to a bucket (functions/jobs/export-audit-log.ts). */
import { z } from 'zod';
import { days } from './units.ts';

export const auditExport = z
  .strictObject({
    /**
     * An existing bucket of this Region instead of the stage's own, such as another account's log archive. Its policy must
     * let the function's role put objects. Without dots: TLS certificates of S3 cover no name with one.
     * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
     */
    bucketName: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'must be the name of a bucket, without dots')
      .optional(),
    /** The account that owns it; the stage's own unless it is given. Objects never go to a bucket of anybody else. */
    bucketAccount: z
      .string()
      .regex(/^\d{12}$/, 'must be an account, of 12 digits')
      .optional(),
    /** The customer-managed key that encrypts the existing bucket, if one does. */
    bucketKeyArn: z
      .string()
      .regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\//, 'must be the ARN of a KMS key')
      .optional(),
    /** Where the keys begin: `audit/v1/year=2026/…`. Stages that share a bucket need one each. */
    prefix: z
      .string()
      .regex(/^[a-z0-9]+([-_/][a-z0-9]+)*$/, 'lower-case letters and digits, with - _ / between them')
      .default('audit'),
    /** How long the stage's own bucket keeps an object, days. */
    keepDays: days.max(3_650).default(400),
    /**
     * S3 Object Lock of each new object. Off by default: a locked copy outlives every erasure, and in the mode COMPLIANCE
     * nobody can delete it before its time, AWS included. It does not lock what is there already.
     * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
     */
    lock: z.strictObject({ mode: z.enum(['GOVERNANCE', 'COMPLIANCE']), days: days.max(3_650) }).optional(),
  })
  .refine(({ bucketName, bucketAccount, bucketKeyArn }) => bucketName || !(bucketAccount || bucketKeyArn), {
    path: ['bucketName'],
    message: 'must be given with bucketAccount or bucketKeyArn',
  })
  .refine(({ bucketName, lock }) => !(bucketName && lock), {
    path: ['lock'],
    message: 'a given bucket has a lock of its own, or none',
  })
  .refine(({ keepDays, lock }) => !lock || lock.days <= keepDays, {
    path: ['lock', 'days'],
    message: 'must not exceed keepDays',
  });
