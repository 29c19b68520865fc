/** Settings that only the deployment reads: what AWS is asked for. */
import { z } from 'zod';

export const deploymentSettings = z.strictObject({
  /** Keeps data when the stack goes, and refuses to delete the cluster (S51). */
  retainData: z.boolean().default(false),
  /** CloudWatch log retention, days; one of those CloudWatch offers. */
  logRetentionDays: z.union([1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 400, 731].map((n) => z.literal(n))).default(30),
  /**
   * How long the bus keeps its events for a replay, days; 0 keeps none. What is in an archive outlives the deletion of
   * an account: keep it shorter than your promise to erase (S53).
   */
  eventArchiveDays: z.int().nonnegative().max(3650).default(0),
  /** Puts the events' schemas into an EventBridge schema registry, where IDEs and code generators find them. */
  publishSchemas: z.boolean().default(false),
  /** CloudWatch alarms and a dashboard; each alarm is some 0.10 USD a month. */
  alarms: z
    .strictObject({
      on: z.boolean().default(false),
      /** Who gets them; each has to confirm, once. Others subscribe to the topic. */
      emails: z.array(z.email()).default([]),
    })
    .prefault({}),
  /**
   * Keeps Lambda concurrency back for signing in, refreshing, JWKS, the relay and the rotation (`concurrency` in the
   * tables), so that no flood at another route takes it. Off by default: AWS wants 100 left over beside what is kept
   * back, and a new account has 10 in all.
   * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  reserveConcurrency: z.boolean().default(false),
  /** CloudFront with AWS WAF before the API, which has neither a firewall nor a cache of its own. */
  edge: z
    .strictObject({
      /** Requests of one IP within five minutes, all routes together, before WAF answers 429. */
      requestsPerIp: z.int().min(10).max(1_000_000).default(3_000),
      /** The service's own name, instead of CloudFront's: the issuer follows it, so it is chosen before the first token. */
      domain: z
        .strictObject({
          name: z.hostname(),
          /** Of ACM in us-east-1, where CloudFront looks for it. */
          certificateArn: z.string().regex(/^arn:[\w-]+:acm:us-east-1:/, 'a certificate of ACM in us-east-1'),
        })
        .optional(),
    })
    .optional(),
  database: z
    .strictObject({
      /** An existing cluster with the Data API enabled, instead of one of the stack's own. */
      clusterArn: z.string().startsWith('arn:').optional(),
      /** The secret that opens the existing cluster as a role that may create schemas and roles. */
      secretArn: z.string().startsWith('arn:').optional(),
      name: z
        .string()
        .regex(/^[a-z_][a-z0-9_]{0,62}$/)
        .default('identity'),
      /** Aurora capacity units; 0 lets the cluster pause, which costs about 15 s at the next request. */
      minCapacity: z.number().min(0).max(256).multipleOf(0.5).default(0),
      maxCapacity: z.number().min(1).max(256).multipleOf(0.5).default(4),
      /** A second instance in another zone, which takes over within a minute. */
      reader: z.boolean().default(false),
      /** Backup retention, days. */
      backupDays: z.int().min(1).max(35).default(1),
    })
    .refine((d) => d.minCapacity <= d.maxCapacity, {
      path: ['minCapacity'],
      message: 'must not exceed maxCapacity',
    })
    .refine((d) => (d.clusterArn === undefined) === (d.secretArn === undefined), {
      path: ['secretArn'],
      message: 'clusterArn and secretArn are given together or not at all',
    })
    .prefault({}),
});
