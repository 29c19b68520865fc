/** Whether work is of linear cost. V8 counts no steps of a regular expression, so CPU time has to show it. */

/** Milliseconds of this process's CPU: other work of the machine counts for little. */
export function cpuTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export const leastOf = (runs: number, work: () => unknown): number =>
  Math.min(...Array.from({ length: runs }, () => cpuTime(work)));

/**
 * Takes forty times an honest reading of 64 KiB as the bound between linear and quadratic, with room on both sides:
 * what is linear takes up to ten times as long as the honest reading, and what looks at 64 KiB quadratically takes a
 * hundred times as long if its unit has four characters, and a thousand times if it has one. What the times are is
 * a figure, of `npm run bench -- hostile`.
 * @returns whether the work stays within it in one of six runs. If the first does not, the honest work is measured again
 * beside it, since a busy machine slows both.
 */
export function fortyTimes(honest: () => unknown): (work: () => unknown) => boolean {
  const usual = leastOf(20, honest);
  return (work) =>
    cpuTime(work) < 40 * usual || [1, 2, 3, 4, 5].some(() => cpuTime(work) < 40 * Math.max(usual, leastOf(3, honest)));
}
