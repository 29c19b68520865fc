/**
 * Every function of the service: the routes, the jobs, the consumers, and what each may touch. Both hosts build
 * from this table; nothing is deployed or served that is not in it.
 */
import { mailPatterns } from '../../functions/domain/mail/topics.ts';
import { EVENTS_WAIT } from '../../functions/runtime/events-wait.ts';
import type { Capability } from './capability.ts';
import { type Route, routes } from './routes.ts';
import type { StackOfFunction } from './stacks.ts';

export type Trigger =
  | { readonly kind: 'http'; readonly route: Route }
  /**
   * Run every so many minutes; on AWS by EventBridge Scheduler, whose smallest step is one minute. What asks the database
   * says how seldom it may run in a stage that lets its database pause (`relay.wokenBy: requests`).
   */
  | { readonly kind: 'schedule'; readonly everyMinutes: number; readonly pausingEveryMinutes?: number }
  /**
   * Run some seconds after a line that matches was logged: in such a stage alone, on AWS alone. `of` is `access`, the
   * API's log, or a function of this table; `lines` is a filter pattern of CloudWatch Logs.
   */
  | { readonly kind: 'log'; readonly of: string; readonly lines: string }
  /** Run once at each deployment and each local start, in the table's order, before any route serves. */
  | { readonly kind: 'deploy' }
  /**
   * Run by CloudFormation for a part of the stack that it does not know itself, in the stages that have it: signing keys
   * that end with the stack, the edge's secret.
   */
  | { readonly kind: 'resource'; readonly of: 'signing-keys' | 'edge-secret' }
  /**
   * Run for events on the bus that match one of these patterns, of which no two match the same event: by the rule itself,
   * which tries three times within minutes, or through a queue, as SQS gives its messages.
   */
  | { readonly kind: 'events'; readonly patterns: readonly EventPattern[]; readonly queue?: EventQueue };

/** As EventBridge writes it. Without a source, whoever may put events would speak for everybody (S61). */
export interface EventPattern {
  readonly source: readonly (string | object)[];
  readonly 'detail-type': readonly string[];
  readonly detail?: object;
}

/** For work that may fail for an hour and then succeed, or that another service takes only so fast. */
export interface EventQueue {
  /** How many events are worked on at once; 2 or more. */
  readonly concurrency: number;
  /** Tries of an event, minutes apart, before it is a dead letter. */
  readonly attempts: number;
}

export interface FunctionSpec {
  /** Unique, `auth-login`; on AWS prefixed with `identity-<stage>-`. */
  readonly name: string;
  readonly entry: `functions/${string}.ts`;
  /** The stack that it stands in. Another takes two deployments (CONTRIBUTING.md). */
  readonly stack: StackOfFunction;
  readonly triggers: readonly Trigger[];
  readonly may: readonly Capability[];
  /** MiB. */
  readonly memory: number;
  /** Seconds. A route has less than API Gateway's own 30. */
  readonly timeout: number;
  /** Largest bundle, KiB, minified. */
  readonly bundleKiB: number;
  /** How many may run at once, kept back for it where the deployment reserves concurrency. */
  readonly concurrency?: number;
  /** Files beside the bundle, as globs from the repo's root; migrations for the migrating job. */
  readonly assets?: readonly string[];
}

const ROUTE_TIMEOUT = 15;

/**
 * The rows of one file are one function: a page and its form, the members of one resource.
 * @throws Error for rows of one file that differ in what a function has once
 */
export function routeFunctions(rows: readonly Route[]): FunctionSpec[] {
  return [...Map.groupBy(rows, ({ entry }) => entry)].map(([entry, own]) => {
    const [spec, ...others] = own.map(ofFunction);
    if (!spec || others.some((other) => JSON.stringify(other) !== JSON.stringify(spec))) {
      throw new Error(`the rows of ${entry} differ in what a function has once`);
    }
    return { name: functionName(entry), entry, triggers: own.flatMap(triggersOf), timeout: ROUTE_TIMEOUT, ...spec };
  });
}

const ofFunction = ({ stack, may, memory, bundleKiB, concurrency }: Route) => ({
  stack,
  may,
  memory,
  bundleKiB,
  ...(concurrency === undefined ? {} : { concurrency }),
});

/** RFC 9110 §9.1: whatever is there to GET has a HEAD. An HTTP API answers one only by a route of its own. */
function triggersOf(route: Route): Trigger[] {
  const get: Trigger = { kind: 'http', route };
  return route.method === 'GET' && (route.auth === 'none' || route.auth === 'session')
    ? [get, { kind: 'http', route: { ...route, method: 'HEAD' } }]
    : [get];
}

const jobs: readonly FunctionSpec[] = [
  {
    name: 'migrate',
    entry: 'functions/jobs/migrate.ts',
    stack: 'deployment',
    triggers: [{ kind: 'deploy' }],
    may: ['migrate'],
    memory: 512,
    timeout: 300,
    bundleKiB: 175,
    assets: ['migrations/*.sql'],
  },
  {
    name: 'rotate-signing-key',
    entry: 'functions/jobs/rotate-signing-key.ts',
    stack: 'deployment',
    triggers: [{ kind: 'deploy' }, { kind: 'schedule', everyMinutes: 24 * 60 }],
    may: ['rotate-keys'],
    memory: 512,
    timeout: 120,
    concurrency: 1,
    bundleKiB: 150,
  },
  {
    name: 'retire-signing-keys',
    entry: 'functions/jobs/retire-signing-keys.ts',
    stack: 'deployment',
    triggers: [{ kind: 'resource', of: 'signing-keys' }],
    may: ['rotate-keys'],
    memory: 256,
    timeout: 60,
    bundleKiB: 145,
  },
  {
    name: 'digest-edge-secret',
    entry: 'functions/jobs/digest-edge-secret.ts',
    stack: 'root',
    triggers: [{ kind: 'resource', of: 'edge-secret' }],
    may: ['edge-secret'],
    memory: 256,
    timeout: 30,
    bundleKiB: 135,
  },
  {
    // One run ends its polling as the next begins, and has the rest of its time to finish a batch.
    name: 'relay-outbox',
    entry: 'functions/jobs/relay-outbox.ts',
    stack: 'events',
    triggers: [
      { kind: 'schedule', everyMinutes: 1, pausingEveryMinutes: 6 * 60 },
      // Whatever the answer: a failed login is an event too, and a 503 may come after the write.
      { kind: 'log', of: 'access', lines: '{ $.route = "POST *" || $.route = "PUT *" || $.route = "DELETE *" }' },
      // Lambda's own line at the end of an invocation, however it ends: what became of a mail is an event.
      { kind: 'log', of: 'send-email', lines: '{ $.type = "platform.report" }' },
      { kind: 'log', of: 'relay-outbox', lines: `{ $.message = "${EVENTS_WAIT}" }` },
    ],
    may: ['database', 'put-events'],
    memory: 256,
    timeout: 75,
    // One polls while the next begins.
    concurrency: 2,
    bundleKiB: 190,
  },
  {
    name: 'sweep',
    entry: 'functions/jobs/sweep.ts',
    stack: 'events',
    triggers: [{ kind: 'schedule', everyMinutes: 60, pausingEveryMinutes: 24 * 60 }],
    may: ['database'],
    memory: 256,
    timeout: 120,
    bundleKiB: 160,
  },
];

const consumers: readonly FunctionSpec[] = [
  {
    name: 'send-email',
    entry: 'functions/consumers/send-email.ts',
    stack: 'events',
    // SES gives a new account 14 mails a second: a school that registers at once waits in the queue.
    triggers: [{ kind: 'events', patterns: mailPatterns, queue: { concurrency: 5, attempts: 20 } }],
    may: ['database', 'send-email', 'keep-dead-letters', 'secret:one-time-token', 'secret:verification-code'],
    memory: 256,
    timeout: 30,
    bundleKiB: 310,
  },
];

export const functions: readonly FunctionSpec[] = [...routeFunctions(routes), ...jobs, ...consumers];

/** `functions/routes/well-known/jwks.ts` → `well-known-jwks`. */
export function functionName(entry: string): string {
  return entry
    .replace(/^functions\/(routes|jobs|consumers)\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-');
}
