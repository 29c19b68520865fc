import { describe, expect, it } from 'vitest';
import { backoff } from '../../functions/domain/backoff.ts';

const bounds = { first: 1_000, longest: 60_000 };

describe('backoff', () => {
  it('doubles with each failure, up to its bound', () => {
    const longest = [1, 2, 3, 6, 7, 30, 2_000].map((failures) => backoff(failures, bounds, () => 1));
    expect(longest).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('waits a random part of that, so that clients that failed together come back at different times', () => {
    expect(backoff(3, bounds, () => 0)).toBe(0);
    expect(backoff(3, bounds, () => 0.25)).toBe(1_000);
    const waits = new Set(Array.from({ length: 50 }, () => backoff(5, bounds)));
    expect(waits.size).toBeGreaterThan(40);
  });
});
