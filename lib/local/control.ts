/** The control routes beside the AWS services: with them, tests and people at this machine control the host. */
import type { ControlAnswer, ControlRequest } from './aws/endpoint.ts';
import type { EventBridge } from './aws/events.ts';
import type { SesService } from './aws/ses.ts';
import type { Clock } from './clock.ts';
import { mailboxPage } from './mailbox.ts';
import type { InvokeResult } from './runtime.ts';

export interface Controlled {
  readonly events: Pick<EventBridge, 'events'>;
  readonly ses: Pick<SesService, 'messages'>;
  readonly clock: Clock;
  isReady(): boolean;
  /** Undefined when there is no such job. */
  runJob(name: string, event: unknown): Promise<InvokeResult> | undefined;
}

/**
 * | route | answer |
 * |---|---|
 * | GET /_local/health | 200 `{"status":"ok"}`, 503 `{"status":"starting"}` |
 * | GET /_local/events | `{"events":[…]}`: what the bus accepted, as a rule's target sees it, oldest first |
 * | GET /_aws/ses | `{"messages":[…]}`, LocalStack's form |
 * | GET /_local/mailbox | the same, as a page for people |
 * | POST /_local/run/<job> | the job's result, or 500 with its error, or 404; the body, if any, is its event |
 * | POST /_local/clock | sets the clock `{"offset_seconds": n}` off the real time; 0 makes it right again |
 */
export function createControl(host: Controlled): (request: ControlRequest) => Promise<ControlAnswer | undefined> {
  return async ({ method, path, body }) => {
    switch (`${method} ${path}`) {
      case 'GET /_local/health':
        return host.isReady() ? json(200, { status: 'ok' }) : json(503, { status: 'starting' });
      case 'GET /_local/events':
        return json(200, { events: host.events.events() });
      case 'GET /_aws/ses':
        return json(200, { messages: host.ses.messages() });
      case 'GET /_local/mailbox':
        return mailboxPage(host.ses.messages());
      case 'POST /_local/clock':
        return moveClock(host.clock, parse(body));
      default: {
        const job = /^\/_local\/run\/([\w-]+)$/.exec(path)?.[1];
        return method === 'POST' && job !== undefined ? runJob(host, job, parse(body)) : undefined;
      }
    }
  };
}

function moveClock(clock: Clock, input: unknown): ControlAnswer {
  const { offset_seconds: seconds } = (input ?? {}) as { offset_seconds?: unknown };
  // A Date reaches 273,000 years, so it can still hold a time this many seconds away.
  if (typeof seconds !== 'number' || Math.abs(seconds) > 1e12) {
    return json(400, { message: 'Give {"offset_seconds": a number}' });
  }
  clock.setOffset(seconds);
  return json(200, { offset_seconds: seconds, now: clock.now().toISOString() });
}

async function runJob(host: Controlled, name: string, event: unknown): Promise<ControlAnswer> {
  if (event === undefined) return json(400, { message: 'The body is not JSON' });
  const outcome = await host.runJob(name, event ?? undefined);
  if (!outcome) return json(404, { message: `There is no job ${name}` });
  return outcome.ok ? json(200, outcome.result) : json(500, outcome.error);
}

/** Null for an empty body, undefined for a body that is not JSON. */
function parse(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const json = (status: number, body: unknown): ControlAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
