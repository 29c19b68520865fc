/** When the running invocation has to have its answer. A function serves one request at a time, so a variable will do. */
import type { Context } from 'aws-lambda';

/** Kept back for what comes after the last try, milliseconds: to sign, to log, to answer. */
const RESERVE = 2_000;

let end = Number.POSITIVE_INFINITY;

/** At the beginning of each invocation that someone waits for; a job has the time that it takes. */
export function setDeadline({ getRemainingTimeInMillis }: Pick<Context, 'getRemainingTimeInMillis'>): void {
  end = performance.now() + getRemainingTimeInMillis() - RESERVE;
}

/** @returns milliseconds, 0 or more */
export const timeLeft = (): number => Math.max(0, end - performance.now());
