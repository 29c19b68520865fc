/**
 * How long to wait after a failure: a random part of a time that doubles, so that clients that failed together do not
 * come back together.
 *
 * Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @param failures so far, this one included
 * @returns milliseconds
 */
export function backoff(failures: number, bounds: { first: number; longest: number }, random = Math.random): number {
  return random() * Math.min(bounds.longest, bounds.first * 2 ** (failures - 1));
}
