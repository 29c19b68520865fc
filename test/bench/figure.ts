/** What a bench found out. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'requests/s' | 'events/s' | 'ms' | 's' | '×';
  /** What it must be, where something was promised (README, "Speed"). */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
  readonly note?: string;
}

/** Figures of one subject, measured one after the other. */
export type Bench = () => Promise<readonly Figure[]>;

/** 1 is the target; more is better than it, whichever way it points. */
export function againstTarget({ value, target }: Figure): number | undefined {
  if (!target) return undefined;
  return 'atLeast' in target ? value / target.atLeast : target.atMost / value;
}

/** Three digits that tell something. */
export const shown = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
