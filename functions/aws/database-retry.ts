/**
 * Aurora's passing faults: it resumes from a pause in some 15 s, fails over in less than a minute, throttles. A call is
 * sent again until it is answered or the request's time is up.
 *
 * Sources: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/CommonErrors.html,
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
 */

import { backoff } from '../domain/backoff.ts';
import { Problem } from '../domain/problem.ts';
import { timeLeft } from '../runtime/deadline.ts';
import { emitMetrics } from '../runtime/metrics.ts';

/** Milliseconds for one call with its retries, if no request waits for the answer. */
const LONGEST = 30_000;
/** A call that takes this many milliseconds counts as slow. */
const SLOW = 1_000;

/** The statement did not run. */
const REFUSED = new Set([
  'DatabaseResumingException',
  'DatabaseUnavailableException',
  'ThrottlingException',
  // SQLState: starting up, shutting down, a former writer that only reads, too many connections.
  '57P03',
  '25006',
  '53300',
]);
/**
 * SQLState: rolled back, since another change came between the statement's snapshot and its writes: an event of the
 * same aggregate (migrations/0015), a deadlock, a parent row that was deleted or locked. It runs again on the new
 * state.
 */
const OVERTAKEN = new Set(['40001', '40P01', '23503']);
/** It is unknown whether the statement ran. It is written so that it may run twice, but not within a transaction. */
const LOST = new Set([
  'InternalServerErrorException',
  'InternalFailure',
  'ServiceUnavailableError',
  'TimeoutError',
  'AbortError',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  // SQLState: the connection failed, or the server closed it.
  '08000',
  '08003',
  '08006',
  '57P01',
  '57P02',
]);

/**
 * @param send makes one try, which the signal ends
 * @param again whether it may run twice
 * @throws Problem SERVICE_UNAVAILABLE when time is up; at once, an error that no waiting changes
 */
export async function withRetries<T>(send: (signal: AbortSignal) => Promise<T>, again: boolean): Promise<T> {
  const begun = performance.now();
  try {
    return await untilAnswered(send, again, begun + Math.min(LONGEST, timeLeft()));
  } finally {
    if (performance.now() - begun >= SLOW) emitMetrics({ SlowStatements: [1, 'Count'] });
  }
}

async function untilAnswered<T>(send: (signal: AbortSignal) => Promise<T>, again: boolean, end: number): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await send(AbortSignal.timeout(Math.ceil(Math.max(1, end - performance.now()))));
    } catch (error) {
      if (!passes(error, again)) throw error;
      // Full jitter, so that functions that waited for the same pause do not all come back at once.
      const pause = backoff(failures, { first: 100, longest: 2_000 });
      if (performance.now() + pause >= end) {
        emitMetrics({ DatabaseUnavailable: [1, 'Count'] });
        throw new Problem('SERVICE_UNAVAILABLE', { retryAfter: 5, cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function passes(error: unknown, again: boolean): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const state = /SQLState: (\w{5})/.exec(error.message)?.[1] ?? '';
  const names = [error.name, code, state];
  return names.some((name) => REFUSED.has(name) || (again && (OVERTAKEN.has(name) || LOST.has(name))));
}
