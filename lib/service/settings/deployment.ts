/** Settings that only the deployment reads: which AWS resources it makes. */
import { z } from 'zod';
import { auditExport } from './audit-export.ts';
import { backupCopy } from './backup-copy.ts';
import { clientSettings } from './clients.ts';
import { throttleSettings } from './rate-limits.ts';
import { trustedIssuerSettings } from './trusted-issuers.ts';

/**
 * A public zone of Route 53 in this account that has the name: the deployment then points the name at the service. Without
 * it, whoever has the DNS does so.
 */
const hostedZoneId = z
  .string()
  .regex(/^[A-Z0-9]{1,32}$/, 'must be the id of a hosted zone')
  .optional();

export const deploymentSettings = z.strictObject({
  /** Keeps the data when the stack is deleted, and protects the cluster against deletion (S51). */
  retainData: z.boolean().default(false),
  /** CloudWatch log retention, days; one of the values that CloudWatch offers. */
  logRetentionDays: z.union([1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 400, 731].map((n) => z.literal(n))).default(30),
  /**
   * How long the bus keeps its events for a replay, days; 0 keeps none. Archived events outlive the deletion of an
   * account: keep them for less time than you have promised for erasure (S53).
   */
  eventArchiveDays: z.int().nonnegative().max(3650).default(0),
  /** Puts the events' schemas into an EventBridge schema registry, where IDEs and code generators find them. */
  publishSchemas: z.boolean().default(false),
  /** CloudWatch alarms and a dashboard; each alarm costs about 0.10 USD a month. */
  alarms: z
    .strictObject({
      on: z.boolean().default(false),
      /** Addresses that receive the alarms; each must confirm once. */
      emails: z.array(z.email()).default([]),
      /**
       * An SNS topic of this region that receives them instead of the stage's own. Its policy must let
       * cloudwatch.amazonaws.com publish; if a key encrypts it, the key's policy must too.
       */
      topicArn: z
        .string()
        .regex(/^arn:[\w-]+:sns:/, 'must be the ARN of an SNS topic')
        .optional(),
    })
    .prefault({}),
  /**
   * Reserves Lambda concurrency for signing in, refreshing, JWKS, the relay and the rotation (`concurrency` in the
   * tables), so that a flood at another route cannot take it. Off by default: AWS requires 100 to stay unreserved, and
   * a new account has 10 in all. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  reserveConcurrency: z.boolean().default(false),
  throttles: throttleSettings,
  /**
   * A customer-managed KMS key of this region that encrypts the database, its backups, the secrets and the logs, in place
   * of AWS's own keys. Choose it before the first deployment: with another key CloudFormation makes another database. Its
   * policy must let the account's IAM decide, and `logs.<region>.amazonaws.com` use it.
   * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  keyArn: z
    .string()
    .regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\//, 'must be the ARN of a KMS key')
    .optional(),
  /** Writes each day's audit entries to a bucket, with pseudonyms and no addresses. Off unless it is there, if only as {}. */
  auditExport: auditExport.optional(),
  /** Copies the database's backups to another Region, daily. Off unless it is there. */
  backupCopy: backupCopy.optional(),
  /** OAuth clients, by their ids; those that are taken out are removed. */
  clients: clientSettings,
  /** Issuers whose tokens show which machine client a workload is, so that it needs no secret. */
  trustedIssuers: trustedIssuerSettings,
  /** CloudFront with AWS WAF before the API, which has neither a firewall nor a cache of its own. */
  edge: z
    .strictObject({
      /** Requests of one IP to all routes within five minutes before WAF answers 429. */
      requestsPerIp: z.int().min(10).max(1_000_000).default(3_000),
      /**
       * Logins of one IP within a minute, and registrations within ten, before WAF answers 429. Far above what the
       * service itself allows (`loginPerIp`, `registerPerIp`), whose answers are better: they keep a flood from using up
       * the throttle that all share. `sharedNetworks` are exempt. WAF's own bounds are 10 and 2,000,000,000.
       */
      loginsPerIp: z.int().min(10).max(1_000_000).default(100),
      registrationsPerIp: z.int().min(10).max(1_000_000).default(50),
      /**
       * A web ACL of AWS WAF, with scope CLOUDFRONT, in place of the firewall that `npm run deploy` makes: the limits above
       * are then its own matter.
       */
      webAclArn: z
        .string()
        .regex(/^arn:[\w-]+:wafv2:us-east-1:\d{12}:global\/webacl\//, 'must be the ARN of a web ACL for CloudFront')
        .optional(),
      /**
       * A customer-managed KMS key of us-east-1 that encrypts the firewall's log, which has addresses of those it blocked:
       * `keyArn` is of another region. Its policy must let `logs.us-east-1.amazonaws.com` use it.
       */
      logKeyArn: z
        .string()
        .regex(/^arn:[\w-]+:kms:us-east-1:\d{12}:key\//, 'must be the ARN of a KMS key in us-east-1')
        .optional(),
      /** The service's own name, instead of CloudFront's. It is in the issuer, so choose it before the first token. */
      domain: z
        .strictObject({
          name: z.hostname(),
          /** A certificate of ACM in us-east-1, where CloudFront looks for it. */
          certificateArn: z.string().regex(/^arn:[\w-]+:acm:us-east-1:/, 'must be an ACM certificate in us-east-1'),
          hostedZoneId,
        })
        .optional(),
      /**
       * Raised by one, a deployment changes the secret by which the functions know the edge. They accept the one before
       * and the one after it too, so no request is refused meanwhile; a secret that leaked is out after two deployments.
       */
      secretVersion: z.int().min(1).max(1_000).default(1),
      /**
       * A name of the API itself: CloudFront's origin, and the address of signed requests. The API then no longer answers
       * under AWS's own name. Without it, that name stays, and the functions refuse what comes past the edge.
       * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-disable-default-endpoint.html
       */
      apiDomain: z
        .strictObject({
          name: z.hostname(),
          /** A certificate of ACM in the API's region. */
          certificateArn: z.string().regex(/^arn:[\w-]+:acm:/, 'must be an ACM certificate'),
          hostedZoneId,
        })
        .optional(),
      /**
       * CloudFront's own name is meant to be the issuer for ever. Its certificate then allows TLS 1.0 to whoever asks,
       * whatever is configured.
       * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html
       */
      withoutDomain: z.boolean().default(false),
    })
    .optional(),
  database: z
    .strictObject({
      /** An existing cluster with the Data API enabled, instead of the stack's own. */
      clusterArn: z.string().startsWith('arn:').optional(),
      /** The secret of a role in the existing cluster that may create schemas and roles. */
      secretArn: z.string().startsWith('arn:').optional(),
      name: z
        .string()
        .regex(/^[a-z_][a-z0-9_]{0,62}$/)
        .default('identity'),
      /**
       * Aurora capacity units; with 0 the cluster can pause, and the next request then waits about 15 s, after a day's pause
       * 30 s or more.
       * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
       */
      minCapacity: z.number().min(0).max(256).multipleOf(0.5).default(0),
      maxCapacity: z.number().min(1).max(256).multipleOf(0.5).default(4),
      /** A second instance in another zone, which takes over within a minute if the first fails. */
      reader: z.boolean().default(false),
      /**
       * Flow logs of the cluster's network. Nothing can connect to it, so they stay empty: for those whose rules ask for
       * them.
       */
      flowLogs: z.boolean().default(false),
      /** Backup retention, days. */
      backupDays: z.int().min(1).max(35).default(1),
    })
    .refine((d) => d.minCapacity <= d.maxCapacity, {
      path: ['minCapacity'],
      message: 'must not exceed maxCapacity',
    })
    .refine((d) => (d.clusterArn === undefined) === (d.secretArn === undefined), {
      path: ['secretArn'],
      message: 'clusterArn and secretArn must be given together',
    })
    .prefault({}),
});
