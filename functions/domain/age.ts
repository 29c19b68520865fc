/** Whether a moment is less than that long ago. A future one is not: a clock that was set back keeps nothing fresh. */
export function isWithin(time: number, milliseconds: number): boolean {
  const age = Date.now() - time;
  return age >= 0 && age < milliseconds;
}
