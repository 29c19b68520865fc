/** Budgets of CPU time that hold on any machine, as they are measured against honest work in the same run. */

/** Milliseconds of this process's CPU: what else the machine does counts for little. */
function cpuTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const leastOf = (runs: number, work: () => unknown): number =>
  Math.min(...Array.from({ length: runs }, () => cpuTime(work)));

/**
 * A budget of a dozen times the honest work. Reading an honest body of 64 KiB takes some 4 ms on a machine where 50 are
 * what S66 allows.
 * @returns whether work stays within it, in the best of some runs: one may be the compiler's or the collector's. Where it
 * does not, honest work is measured anew beside it, since a busy machine is slower for both.
 */
export function twelveTimes(honest: () => unknown): (work: () => unknown) => boolean {
  const usual = leastOf(20, honest);
  return (work) =>
    cpuTime(work) < 12 * usual || [1, 2, 3, 4, 5].some(() => cpuTime(work) < 12 * Math.max(usual, leastOf(3, honest)));
}
