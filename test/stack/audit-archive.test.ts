/** Where the audit log is exported to. */
import { describe, expect, it } from 'vitest';
import { everything, functionOf, prod, resources, statementsOf, synthesize } from './synthesized.ts';

type Export = NonNullable<NonNullable<typeof prod.deployment>['auditExport']>;
const KEY = 'arn:aws:kms:eu-north-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555';

const exporting = (auditExport: Export, deployment: typeof prod.deployment = {}) =>
  synthesize({ ...prod, deployment: { ...prod.deployment, ...deployment, auditExport } }).template;
const own = synthesize(everything).template;
const bucketIn = (template: typeof own) => resources(template, 'AWS::S3::Bucket').at(0);

/** Without what every function may do, and the database and its key. */
function grants(template: typeof own) {
  const { Role } = functionOf(template, 'prod', 'export-audit-log').Properties;
  return statementsOf(template, Role.replace(/^<|\.Arn>$/g, '')).filter(
    ({ actions }) => !actions.some((action) => /^(logs|xray|sqs|rds-data|secretsmanager):/.test(action)),
  );
}

describe('the archive of the audit log', () => {
  it('is off: without the setting there is no bucket, no function and no key for pseudonyms', () => {
    const { template } = synthesize(prod);
    expect(bucketIn(template)).toBeUndefined();
    expect(() => functionOf(template, 'prod', 'export-audit-log')).toThrow('no function');
    const secrets = ({ Properties }: { Properties: { Description?: string } }) => Properties.Description;
    expect(resources(template, 'AWS::SecretsManager::Secret').map(secrets)).not.toContain(
      'Identity service, stage prod: HMAC key audit-pseudonym',
    );
    expect(resources(own, 'AWS::SecretsManager::Secret').map(secrets)).toContain(
      'Identity service, stage prod: HMAC key audit-pseudonym',
    );
  });

  it('S51: is encrypted, versioned and closed to the public, stays when the stack goes, and ends', () => {
    const bucket = bucketIn(own);
    expect(bucket?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(bucket?.Properties).toEqual({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'EndOfRetention',
            Status: 'Enabled',
            ExpirationInDays: 400,
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          },
          { Id: 'MarkersOfTheExpired', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });

  it('takes no request without TLS 1.2, and no object over another', () => {
    const [policy] = resources(own, 'AWS::S3::BucketPolicy');
    const bucket = `<${bucketIn(own)?.id}.Arn>`;
    expect(policy?.Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      {
        Sid: 'NothingIsWrittenOver',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:PutObject',
        Resource: `${bucket}/*`,
        Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      },
    ]);
  });

  it('S49: lets the function add objects under its prefix, in the account’s own bucket, and nothing else', () => {
    expect(grants(own)).toEqual([
      {
        Effect: 'Allow',
        actions: ['s3:PutObject'],
        resources: [
          `arn:<AWS::Partition>:s3:::<${bucketIn(own)?.id}>/audit/v1/year=????/month=??/day=??/????-????????????????.ndjson.gz`,
        ],
        Condition: { StringEquals: { 's3:if-none-match': '*', 's3:ResourceAccount': '<AWS::AccountId>' } },
      },
    ]);
  });

  it('locks nothing unless it is told to, in the mode and for the days of the setting', () => {
    expect(bucketIn(own)?.Properties.ObjectLockEnabled).toBeUndefined();
    const locked = exporting({ lock: { mode: 'COMPLIANCE', days: 90 } });
    expect(bucketIn(locked)?.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 90 } },
      },
    });
  });

  it('is encrypted by the stage’s key, where it has one, which the function may use through S3 alone', () => {
    const template = exporting({}, { keyArn: KEY });
    const [encryption] = bucketIn(template)?.Properties.BucketEncryption.ServerSideEncryptionConfiguration ?? [];
    expect(encryption).toEqual({
      BucketKeyEnabled: true,
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
    });
    expect(grants(template).filter(({ actions }) => actions.includes('kms:GenerateDataKey'))).toEqual([
      {
        Effect: 'Allow',
        actions: ['kms:GenerateDataKey'],
        resources: [KEY],
        Condition: { StringEquals: { 'kms:ViaService': 's3.<AWS::Region>.<AWS::URLSuffix>' } },
      },
    ]);
  });

  it('may be a given bucket, of another account: then none is made', () => {
    const bucketKeyArn = KEY.replace('111122223333', '999988887777');
    const given = {
      bucketName: 'school-log-archive',
      bucketAccount: '999988887777',
      bucketKeyArn,
      prefix: 'identity/prod',
    };
    const template = exporting(given);
    expect(bucketIn(template)).toBeUndefined();
    expect(functionOf(template, 'prod', 'export-audit-log').Properties.Environment.Variables).toMatchObject({
      ARCHIVE_BUCKET: 'school-log-archive',
      ARCHIVE_PREFIX: 'identity/prod',
    });
    const [put, use] = grants(template);
    expect(put?.resources).toEqual([expect.stringMatching(/:s3:::school-log-archive\/identity\/prod\/v1\/year=/)]);
    expect(put?.Condition?.StringEquals).toMatchObject({ 's3:ResourceAccount': '999988887777' });
    expect(use?.resources).toEqual([bucketKeyArn]);
  });

  it.each([
    [{ lock: { mode: 'GOVERNANCE', days: 401 } }, 'deployment.auditExport.lock.days: must not exceed keepDays'],
    [{ bucketName: 'b-b', lock: { mode: 'GOVERNANCE', days: 1 } }, 'deployment.auditExport.lock: a given bucket has'],
    [{ bucketAccount: '999988887777' }, 'deployment.auditExport.bucketName: must be given with'],
    [{ bucketName: 'with.dots' }, 'deployment.auditExport.bucketName: must be the name of a bucket'],
    [{ prefix: '/audit' }, 'deployment.auditExport.prefix: lower-case letters'],
  ])('refuses %j', (auditExport, message) => {
    expect(() => exporting(auditExport as Export)).toThrow(message);
  });
});
