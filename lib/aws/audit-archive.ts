/**
 * Where the audit log is exported to: a bucket of the stage's own, or one that the settings name. Objects are added, and
 * never written over: the bucket's policy and the function's permission both ask for `If-None-Match: *`.
 *
 * Sources, in https://docs.aws.amazon.com/AmazonS3/latest/userguide/: conditional-writes-enforce.html,
 * UsingKMSEncryption.html, object-lock.html
 */
import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { archiveKeys } from '../../functions/domain/archive-key.ts';
import type { StageSettings } from '../service/config.ts';
import type { Archive } from '../service/environment.ts';
import { encryptionKey, removalPolicy } from './retention.ts';

/** What somebody deleted by hand can be had back for this long, days. */
const KEPT_AFTER_DELETION = 30;

/** Nothing in a stage that exports nothing. */
export function makeArchive(scope: Construct, settings: StageSettings): Archive | undefined {
  const { auditExport, keyArn } = settings.deployment;
  if (!auditExport) return undefined;
  const { bucketName, bucketAccount = Aws.ACCOUNT_ID, bucketKeyArn, prefix } = auditExport;
  if (bucketName) {
    return { bucketName, account: bucketAccount, prefix, ...(bucketKeyArn ? { keyArn: bucketKeyArn } : {}) };
  }
  const bucket = makeBucket(new Construct(scope, 'Archive'), settings, auditExport);
  return { bucketName: bucket.bucketName, account: Aws.ACCOUNT_ID, prefix, ...(keyArn ? { keyArn } : {}) };
}

function makeBucket(
  scope: Construct,
  { deployment }: StageSettings,
  { keepDays, lock }: NonNullable<StageSettings['deployment']['auditExport']>,
): Bucket {
  const policy = removalPolicy(deployment);
  const { encryptionKey: key } = encryptionKey(scope, 'Key', deployment);
  // S3 makes the name: the next stage of this name must not clash with what this one leaves.
  const bucket = new Bucket(scope, 'Bucket', {
    ...(key
      ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
      : { encryption: BucketEncryption.S3_MANAGED }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    ...(lock
      ? {
          objectLockEnabled: true,
          objectLockDefaultRetention:
            lock.mode === 'COMPLIANCE'
              ? ObjectLockRetention.compliance(Duration.days(lock.days))
              : ObjectLockRetention.governance(Duration.days(lock.days)),
        }
      : {}),
    lifecycleRules: [
      {
        id: 'EndOfRetention',
        expiration: Duration.days(keepDays),
        noncurrentVersionExpiration: Duration.days(KEPT_AFTER_DELETION),
      },
      // A marker has no days of its own beside an expiration by days: https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
      { id: 'MarkersOfTheExpired', expiredObjectDeleteMarker: true },
    ],
    removalPolicy: policy,
  });
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'NothingIsWrittenOver',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
      conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
    }),
  );
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'One function writes here once a day, and says so; who reads is in CloudTrail’s data events.',
  });
  return bucket;
}

/** Adds objects, in a bucket of this account alone: a bucket's name is anybody's once it is deleted. */
export function putIntoArchive({ bucketName, account, prefix, keyArn }: Archive): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['s3:PutObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::${bucketName}/${archiveKeys(prefix)}`],
      conditions: { StringEquals: { 's3:if-none-match': '*', 's3:ResourceAccount': account } },
    }),
    ...(keyArn
      ? [
          new PolicyStatement({
            actions: ['kms:GenerateDataKey'],
            resources: [keyArn],
            conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
          }),
        ]
      : []),
  ];
}
