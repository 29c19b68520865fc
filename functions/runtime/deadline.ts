/** When the running invocation must have answered. A function serves one request at a time, so a variable is enough. */
import type { Context } from 'aws-lambda';

/** Milliseconds reserved for the work after the last try: to sign, to log, to answer. */
const RESERVE = 2_000;

let end = Number.POSITIVE_INFINITY;

/** Called at the beginning of each invocation that asks the database or signs: nothing is tried longer than it lasts. */
export function setDeadline({ getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>): void {
  end = performance.now() + getRemainingTimeInMillis() - RESERVE;
}

/** @returns milliseconds, 0 or more */
export const timeLeft = (): number => Math.max(0, end - performance.now());
