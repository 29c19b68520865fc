import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, createClock } from '../../../lib/local/clock.ts';
import { type Scheduler, startScheduler } from '../../../lib/local/scheduler.ts';

let clock: Clock;
let scheduler: Scheduler;
let runs: number;
let finish: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  clock = createClock();
  runs = 0;
  finish = () => {};
});
afterEach(async () => {
  finish();
  await scheduler.stop();
  vi.useRealTimers();
});

const inMinutes = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000);
const pass = (minutes: number) => vi.advanceTimersByTimeAsync(minutes * 60_000);
const start = (everyMinutes: number, first: Date, run: () => Promise<unknown> = async () => {}) => {
  const counted = () => {
    runs += 1;
    return run();
  };
  scheduler = startScheduler([{ everyMinutes, first, run: counted }], clock);
};
/** A run that goes on until `finish` is called. */
const long = () =>
  new Promise<void>((resolve) => {
    finish = resolve;
  });

describe('a schedule', () => {
  it('runs at its first time, then at every step', async () => {
    start(1, clock.now());
    await pass(0);
    expect(runs).toBe(1);
    await pass(3);
    expect(runs).toBe(4);
  });

  it('never runs twice at once: one run follows a run that takes longer than a step', async () => {
    start(1, clock.now(), long);
    await pass(5);
    expect(runs).toBe(1);
    finish();
    await pass(0);
    expect(runs).toBe(2);
  });

  it('continues after a failed run', async () => {
    start(1, clock.now(), () => Promise.reject(new Error('as asked')));
    await pass(2);
    expect(runs).toBe(3);
  });

  it('follows a clock that jumps ahead, with one run for all the steps in between', async () => {
    start(24 * 60, inMinutes(24 * 60));
    await pass(1);
    expect(runs).toBe(0);
    clock.setOffset(10 * 86_400);
    await pass(0);
    expect(runs).toBe(1);
  });

  it('does not wait for a distant time when the clock comes back', async () => {
    start(1, clock.now());
    clock.setOffset(30 * 86_400);
    await pass(1);
    clock.setOffset(0);
    const before = runs;
    await pass(2);
    expect(runs).toBe(before + 2);
  });

  it('stops on command, and waits for the current run', async () => {
    start(1, clock.now(), long);
    await pass(0);
    let stopped = false;
    const stopping = scheduler.stop().then(() => {
      stopped = true;
    });
    await pass(10);
    expect([runs, stopped]).toEqual([1, false]);
    finish();
    await stopping;
    expect(runs).toBe(1);
  });
});
