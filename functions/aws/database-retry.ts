/**
 * Aurora's passing faults: it resumes from a pause, fails over in less than a minute, throttles. A call is sent again
 * until it is answered or its time is up.
 *
 * AWS advises to wait for an answer for a minute, since a statement that the caller has given up may still commit within
 * the 45 s that it has. A person does not wait that long: a call that hangs is given up after some seconds, and every
 * statement is written so that it may run twice, also at once (test/store/sent-twice.test.ts).
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-timeouts.html
 */

import { backoff } from '../domain/backoff.ts';
import { Problem } from '../domain/problem.ts';
import { timeLeft } from '../runtime/deadline.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { meaningOfError, sqlState } from './database-errors.ts';

/** How long a call is waited for, milliseconds: one try, and all together; less where the invocation's time is up. */
export interface Patience {
  readonly oneTry: number;
  readonly inAll: number;
}

/** Somebody waits for the answer. Statements take milliseconds, so what takes longer than this mostly hangs. */
export const forRequests: Patience = { oneTry: 4_000, inAll: 30_000 };
/** A batch or a migration may take the service's 45 s, and it is no use to begin it again before. */
export const forJobs: Patience = { oneTry: 60_000, inAll: 120_000 };

/** A call that takes this many milliseconds counts as slow. */
const SLOW = 1_000;
/**
 * How often a statement is sent whose key is taken (SQLState 23505). Once is enough to find what its earlier try did; a
 * key that is taken by anything else stays so.
 */
const MOST_CLASHES = 3;

/**
 * @param send makes one try, which the signal ends
 * @param again whether it may run twice
 * @throws Problem SERVICE_UNAVAILABLE when time is up; at once, an error that no waiting changes
 */
export async function withRetries<T>(
  send: (signal: AbortSignal) => Promise<T>,
  again: boolean,
  { oneTry, inAll }: Patience,
): Promise<T> {
  const begun = performance.now();
  const end = begun + Math.min(inAll, timeLeft());
  try {
    for (let failures = 1; ; failures++) {
      try {
        const rest = Math.min(oneTry, end - performance.now());
        return await send(AbortSignal.timeout(Math.ceil(Math.max(1, rest))));
      } catch (error) {
        if (!passes(error, again, failures)) throw error;
        // Full jitter, so that functions that waited for the same pause do not all come back at once.
        const pause = backoff(failures, { first: 100, longest: 2_000 });
        if (performance.now() + pause >= end) {
          emitMetrics({ DatabaseUnavailable: [1, 'Count'] });
          throw new Problem('SERVICE_UNAVAILABLE', { retryAfter: 5, cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  } finally {
    if (performance.now() - begun >= SLOW) emitMetrics({ SlowStatements: [1, 'Count'] });
  }
}

function passes(error: unknown, again: boolean, failures: number): boolean {
  const meaning = meaningOfError(error);
  if (meaning === 'permanent') return false;
  if (meaning === 'not_run') return true;
  const clashes = sqlState(error as Error) === '23505';
  return again && !(clashes && failures >= MOST_CLASHES);
}
