/** Indexes in the status lists for sessions to come: reserved by the hundred, so that a login knows its own beforehand. */
import { reserveStatusIndexes, type StatusListSetting } from '../store/session-statuses.ts';
import type { Needing, Needs } from './needs.ts';

const BLOCK = 100;

/** Make one for the whole process. */
export function statusIndexes({
  database,
  settings: { statusListSeconds },
}: Needing<'database', StatusListSetting>): Needs['takeStatusIndex'] {
  if (statusListSeconds === 0) return async () => null;
  let free: number[] = [];
  let reserving: Promise<void> | undefined;
  const reserve = async (): Promise<void> => {
    free = [...free, ...(await reserveStatusIndexes(database, BLOCK))];
  };
  return async () => {
    for (;;) {
      const index = free.shift();
      if (index !== undefined) return index;
      reserving ??= reserve().finally(() => {
        reserving = undefined;
      });
      await reserving;
    }
  };
}
