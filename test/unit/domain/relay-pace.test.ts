import { expect, it } from 'vitest';
import { relayPace } from '../../../functions/domain/relay-pace.ts';

const settings = { pollSeconds: 2, firstBackoffSeconds: 1 };
/** The longest pause that may be drawn. */
const longest = () => relayPace(settings, () => 1);

it('goes on at once while events are due, and polls when none is or a batch failed', () => {
  const pause = longest();
  expect(pause({ size: 100, relayed: 99, delayed: 0 })).toBe(0);
  expect(pause({ size: 0, relayed: 0, delayed: 0 })).toBe(2_000);
  expect(pause(undefined)).toBe(2_000);
});

it('tries ever more slowly while the bus takes nothing, up to a minute, and at once when it does again', () => {
  const pause = longest();
  const outage = { size: 100, relayed: 0, delayed: 100 };
  const pauses = Array.from({ length: 9 }, () => pause(outage));
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
  expect(pause({ size: 100, relayed: 100, delayed: 0 })).toBe(0);
  expect(pause(outage)).toBe(1_000);
});

it('does not slow down further while the bus throttles, but takes some', () => {
  const pause = longest();
  const throttled = { size: 100, relayed: 10, delayed: 90 };
  expect([pause(throttled), pause(throttled), pause(throttled)]).toEqual([1_000, 1_000, 1_000]);
});

it('draws each pause at random, so that relays do not come back together', () => {
  expect(relayPace(settings, () => 0.25)({ size: 1, relayed: 0, delayed: 1 })).toBe(250);
});
