/** How a finding says numbers, times and names. */

const units = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** @param milliseconds @returns `3 days`, `1 day`, `5 h`, in the largest unit of which there are two, or else the next */
export function span(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  const [unit, size] = units.find(([, size]) => time >= 2 * size) ?? ['s', 1_000];
  const count = Math.floor(time / size);
  return unit === 'day' ? `${count} days` : `${count} ${unit}`;
}

export const count = (many: number, one: string, more = `${one}s`) => `${many} ${many === 1 ? one : more}`;

/** `a, b, c and 4 more` */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** `2026-11-27 03:12 UTC` */
export const minute = (time: Date) => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
export const day = (time: Date) => time.toISOString().slice(0, 10);
export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const MINUTE = 60_000;
