/**
 * Every function of the service: the routes, the jobs, the consumers, and what each may access. Both hosts are built
 * from this table; a function that is not in it is neither deployed nor served.
 */
import { feedbackPatterns } from '../../functions/domain/mail/feedback.ts';
import { mailPatterns } from '../../functions/domain/mail/topics.ts';
import { EVENTS_WAIT, LAST_BATCH } from '../../functions/runtime/events-wait.ts';
import type { FunctionSpec, Trigger } from './function-spec.ts';
import { type Route, routes } from './routes.ts';

export { type EventPattern, type EventQueue, type FunctionSpec, patternOf, type Trigger } from './function-spec.ts';

const ROUTE_TIMEOUT = 15;

/**
 * Rows with the same file share one function, such as a page and its form, or the methods of one resource.
 * @throws Error for rows of one file that differ in a member that a function has only once
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

/** RFC 9110 §9.1: every resource with GET has HEAD. An HTTP API answers HEAD only if HEAD has its own route. */
function triggersOf(route: Route): Trigger[] {
  const get: Trigger = { kind: 'http', route };
  return route.method === 'GET' && (route.auth === 'none' || route.auth === 'session')
    ? [get, { kind: 'http', route: { ...route, method: 'HEAD' } }]
    : [get];
}

/** Minutes between two runs of the relay. They overlap for some 65 s, so fewer would cost more, and more begin later. */
const RELAY_MINUTES = 3;
/**
 * Seconds after the scheduled time in which a run begins: EventBridge Scheduler has a precision of 60 s, and Lambda's
 * queue and a cold start may take a few more.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
const LATEST_START = 65;

const jobs: readonly FunctionSpec[] = [
  {
    name: 'migrate',
    entry: 'functions/jobs/migrate.ts',
    stack: 'deployment',
    triggers: [{ kind: 'deploy' }],
    may: ['migrate'],
    memory: 512,
    // An index on a large table takes minutes. The provider that waits for it has half a minute more, and 15 minutes at most.
    timeout: 840,
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
    // After the migrations, and before anything of the new version serves.
    name: 'apply-clients',
    entry: 'functions/jobs/apply-clients.ts',
    stack: 'deployment',
    triggers: [{ kind: 'resource', of: 'clients' }],
    may: ['database', 'client-secrets'],
    memory: 256,
    timeout: 90,
    bundleKiB: 230,
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
    // A run polls until the next must have begun, and has the rest of its time to finish a batch.
    name: 'relay-outbox',
    entry: 'functions/jobs/relay-outbox.ts',
    stack: 'events',
    triggers: [
      { kind: 'schedule', everyMinutes: RELAY_MINUTES, pausingEveryMinutes: 6 * 60 },
      // For any answer: a failed login is an event too, and a 503 may come after the write. One GET ends sessions: a client
      // leads there with a hint that proves whose they are (OpenID Connect RP-Initiated Logout §2).
      {
        kind: 'log',
        of: 'access',
        lines: '{ $.route = "POST *" || $.route = "PUT *" || $.route = "DELETE *" || $.route = "GET /oauth/logout" }',
      },
      // Lambda writes this as an invocation ends, however it does: mails' outcomes are events, and so are deleted accounts.
      { kind: 'log', of: 'send-email', lines: '{ $.type = "platform.report" }' },
      { kind: 'log', of: 'mail-feedback', lines: '{ $.type = "platform.report" }' },
      { kind: 'log', of: 'sweep', lines: '{ $.type = "platform.report" }' },
      { kind: 'log', of: 'relay-outbox', lines: `{ $.message = "${EVENTS_WAIT}" }` },
    ],
    may: ['database', 'put-events'],
    memory: 256,
    timeout: RELAY_MINUTES * 60 + LATEST_START + LAST_BATCH,
    // One run still polls while the next begins; where requests wake it, Lambda may run one again that failed.
    concurrency: 3,
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
    bundleKiB: 171,
  },
  {
    name: 'export-audit-log',
    entry: 'functions/jobs/export-audit-log.ts',
    stack: 'events',
    // A run exports some 3 million entries, and 10 million logins a day write more; a run that finds nothing asks twice.
    triggers: [{ kind: 'schedule', everyMinutes: 2 * 60, pausingEveryMinutes: 24 * 60 }],
    may: ['database', 'archive', 'secret:audit-pseudonym'],
    memory: 1_024,
    timeout: 840,
    bundleKiB: 177,
  },
];

const consumers: readonly FunctionSpec[] = [
  {
    name: 'send-email',
    entry: 'functions/consumers/send-email.ts',
    stack: 'events',
    // SES sends 14 mails a second for a new account: when a school registers at once, its mails wait in the queue.
    triggers: [{ kind: 'events', patterns: mailPatterns, queue: { concurrency: 5 } }],
    may: [
      'database',
      'send-email',
      'keep-dead-letters',
      'secret:pseudonym',
      'secret:one-time-token',
      'secret:verification-code',
    ],
    memory: 256,
    timeout: 30,
    bundleKiB: 335,
  },
  {
    name: 'mail-feedback',
    entry: 'functions/consumers/mail-feedback.ts',
    stack: 'events',
    triggers: [{ kind: 'events', bus: 'default', patterns: feedbackPatterns, queue: { concurrency: 2 } }],
    may: ['database', 'keep-dead-letters'],
    memory: 256,
    timeout: 30,
    bundleKiB: 207,
  },
  {
    name: 'back-channel-logout',
    entry: 'functions/consumers/back-channel-logout.ts',
    stack: 'events',
    triggers: [
      {
        kind: 'events',
        patterns: [{ source: ['huleedu.identity'], 'detail-type': ['huleedu.identity.client.signed_out.v1'] }],
        queue: { concurrency: 10 },
      },
    ],
    may: ['database', 'sign', 'keep-dead-letters'],
    memory: 256,
    timeout: 30,
    bundleKiB: 223,
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
