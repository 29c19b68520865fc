/** Budgets of CPU time that hold on any machine, as they are measured against honest work in the same run. */

/** Milliseconds of this process's CPU: what else the machine does counts for little. */
function cpuTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The least of some runs, as one may be the compiler's or the collector's; no more of them than it takes. */
export function staysWithin(allowed: number, work: () => unknown): boolean {
  return [1, 2, 3, 4, 5].some(() => cpuTime(work) < allowed);
}

/** Milliseconds. Reading an honest body of 64 KiB takes some 4 on a machine where 50 are what S66 allows. */
export const twelveTimes = (honest: () => unknown): number =>
  12 * Math.min(...Array.from({ length: 20 }, () => cpuTime(honest)));
