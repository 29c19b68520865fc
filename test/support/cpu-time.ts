/** Budgets of CPU time that hold on any machine, as each is measured against honest work in the same run. */

/** Milliseconds of this process's CPU: other work of the machine counts for little. */
function cpuTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const leastOf = (runs: number, work: () => unknown): number =>
  Math.min(...Array.from({ length: runs }, () => cpuTime(work)));

/**
 * A budget of a dozen times the honest work. Reading an honest body of 64 KiB takes some 4 ms on a machine on which S66
 * allows 50.
 * @returns whether the work stays within it in the best of several runs: the compiler or the collector may slow one. If
 * it does not, the honest work is measured again beside it, since a busy machine slows both.
 */
export function twelveTimes(honest: () => unknown): (work: () => unknown) => boolean {
  const usual = leastOf(20, honest);
  return (work) =>
    cpuTime(work) < 12 * usual || [1, 2, 3, 4, 5].some(() => cpuTime(work) < 12 * Math.max(usual, leastOf(3, honest)));
}
