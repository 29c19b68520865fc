/**
 * How long a relay pauses after a batch. While the bus is out of order, each try is later than the one before, up to a
 * minute, whatever waits: an outage is the bus's, so it slows the relay as a whole and no single event.
 */
import { backoff } from './backoff.ts';
import type { Settings } from './settings.ts';

/** Milliseconds; an outage's end is noticed within this time. */
const LONGEST = 60_000;

/** What became of a batch. */
export interface Paced {
  /** Events that were due. */
  readonly size: number;
  readonly relayed: number;
  /** Events that an outage of the bus kept back. */
  readonly delayed: number;
}

type PaceSettings = Pick<Settings['relay'], 'pollSeconds' | 'firstBackoffSeconds'>;

/** @returns a function that is told of each batch, undefined if it failed, and gives the pause after it, milliseconds */
export function relayPace({ pollSeconds, firstBackoffSeconds }: PaceSettings, random = Math.random) {
  let outages = 0;
  return (batch: Paced | undefined): number => {
    if (!batch) return pollSeconds * 1000;
    if (batch.delayed === 0) outages = 0;
    // It takes some: it works, and throttles.
    else outages = batch.relayed > 0 ? 1 : outages + 1;
    if (outages > 0) return backoff(outages, { first: firstBackoffSeconds * 1000, longest: LONGEST }, random);
    return batch.size > 0 ? 0 : pollSeconds * 1000;
  };
}
