/** What a check is: what it reads of a stage, and how it judges that. Checks stand in tables, one file a subject. */
import type { Judged, Look } from './look.ts';

export type { Judged } from './look.ts';

export type State = 'ok' | 'warning' | 'fault' | 'unknown';

export interface Verdict {
  readonly state: State;
  /** What is seen, in one line. */
  readonly seen: string;
  /** For what is not ok: what it means for people. */
  readonly means?: string;
  /** What mends it: a command, or a section of the README. */
  readonly mend?: string;
}

export interface Check {
  /** Stable, for machines: `signing-key`. */
  readonly id: string;
  /** What is looked at, for a line that says that it could not be: `which key signs`. */
  readonly what: string;
  /** @returns undefined where the stage has no such thing; throws what AWS refuses */
  readonly examine: (look: Look) => Promise<Verdict | undefined>;
}

/**
 * @param read asks AWS or the database; checks that share it share its answer
 * @param judge decides from what was read and the settings alone
 */
export const check = <T>(
  id: string,
  what: string,
  read: (look: Look) => Promise<T>,
  judge: (found: T, judged: Judged) => Verdict | undefined,
): Check => ({ id, what, examine: async (look) => judge(await look.once(read), look) });

export const ok = (seen: string): Verdict => ({ state: 'ok', seen });
export const warning = (seen: string, means: string, mend: string): Verdict => ({
  state: 'warning',
  seen,
  means,
  mend,
});
export const fault = (seen: string, means: string, mend: string): Verdict => ({ state: 'fault', seen, means, mend });
export const unknown = (seen: string, means: string): Verdict => ({ state: 'unknown', seen, means });

/** Where to read more. */
export const readme = (section: string) => `README, "${section}"`;
