/** What a function of the service is, and what runs it. */
import type { Capability } from './capability.ts';
import type { Route } from './routes.ts';
import type { StackOfFunction } from './stacks.ts';

export type Trigger =
  | { readonly kind: 'http'; readonly route: Route }
  /**
   * Runs every `everyMinutes` minutes; on AWS by EventBridge Scheduler, whose smallest interval is one minute. A job
   * that queries the database also says how seldom it runs in a stage whose database may pause
   * (`relay.wokenBy: requests`).
   */
  | { readonly kind: 'schedule'; readonly everyMinutes: number; readonly pausingEveryMinutes?: number }
  /**
   * Runs some seconds after a matching line was logged, only in such a stage and only on AWS. `of` is `access`, the
   * API's access log, or a function of this table; `lines` is a filter pattern of CloudWatch Logs.
   */
  | { readonly kind: 'log'; readonly of: string; readonly lines: string }
  /** Runs once at each deployment and each local start, in the table's order, before any route serves. */
  | { readonly kind: 'deploy' }
  /**
   * CloudFormation runs it for a resource that it does not know itself, in the stages that have this resource: signing
   * keys that are deleted with the stack, the edge's secret, OAuth clients.
   */
  | { readonly kind: 'resource'; readonly of: 'signing-keys' | 'edge-secret' | 'clients' }
  /**
   * Runs for events on a bus that match one of these patterns; no two patterns match the same event. The bus is the
   * stage's own, or `default`, where AWS's services put their events. The rule itself invokes it, with three tries
   * within minutes, or SQS does, from a queue.
   */
  | {
      readonly kind: 'events';
      readonly bus?: 'default';
      readonly patterns: readonly EventPattern[];
      readonly queue?: EventQueue;
    };

/** In EventBridge's form, with `{stage}` for the stage's name. Without a source, a service that may put events could speak for every other (S61). */
export interface EventPattern {
  readonly source: readonly (string | object)[];
  readonly 'detail-type': readonly string[];
  readonly detail?: object;
}

export const patternOf = (pattern: EventPattern, stage: string): EventPattern =>
  JSON.parse(JSON.stringify(pattern).replaceAll('{stage}', stage));

/** For work that may fail for days and then succeed (functions/domain/patience.ts), or that another service limits in speed. */
export interface EventQueue {
  /** How many events are handled at once; 2 or more. */
  readonly concurrency: number;
}

export interface FunctionSpec {
  /** Unique, like `auth-login`; on AWS it has the prefix `identity-<stage>-`. */
  readonly name: string;
  readonly entry: `functions/${string}.ts`;
  /** The stack that contains it. Moving it to another takes two deployments (CONTRIBUTING.md). */
  readonly stack: StackOfFunction;
  readonly triggers: readonly Trigger[];
  readonly may: readonly Capability[];
  /** MiB. */
  readonly memory: number;
  /** Seconds. A route has less than API Gateway's own 30. */
  readonly timeout: number;
  /** Largest bundle, KiB, minified. */
  readonly bundleKiB: number;
  /** How many may run at once; reserved for it where the deployment reserves concurrency. */
  readonly concurrency?: number;
  /** Files beside the bundle, as globs from the repo's root, such as the migrations. */
  readonly assets?: readonly string[];
}
