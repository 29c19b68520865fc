import { expect } from 'vitest';
import type { Ending } from './relay-ordeal.ts';

/** S47, to the letter. */
export function expectAllArrived({ committed, rolledBack, arrived, left, refusals }: Ending): void {
  expect(refusals).toBeGreaterThan(0);
  expect(left).toBe(0);
  // Every event that was committed arrived, and none that was not.
  expect([...committed].filter((id) => !arrived.has(id))).toEqual([]);
  expect([...arrived.keys()].filter((id) => !committed.has(id))).toEqual([]);
  expect(rolledBack.filter((id) => arrived.has(id))).toEqual([]);
  // What arrived more than once is a copy, to the byte.
  for (const copies of arrived.values()) expect(new Set(copies).size).toBe(1);
}
