/** A bench's result. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'requests/s' | 'events/s' | 'changes/s' | 'ms' | 's' | '×';
  /** The required value, if one is promised (README, "Speed"). */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
  readonly note?: string;
}

/** Figures of one subject, measured one after the other. */
export type Bench = () => Promise<readonly Figure[]>;

/** 1 means that the target is met; more is better, whether the target is an upper or a lower bound. */
export function againstTarget({ value, target }: Figure): number | undefined {
  if (!target) return undefined;
  return 'atLeast' in target ? value / target.atLeast : target.atMost / value;
}

/** Three significant digits. */
export const shown = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
