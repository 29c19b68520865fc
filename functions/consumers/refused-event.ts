/** Events that no retry can handle, and how their faults are named. */
import type * as z from 'zod/mini';

/** The error holds nothing of the event's own text, as it is logged (S36, S63). */
export class RefusedEvent extends Error {
  override readonly name = 'RefusedEvent';
  readonly reason: 'malformed' | 'foreign_source' | 'not_ours';
  /** Where a malformed event is wrong, and how. */
  readonly faults: readonly string[];

  constructor(reason: RefusedEvent['reason'], faults: readonly string[] = []) {
    super(reason);
    this.reason = reason;
    this.faults = faults;
  }
}

/** @throws RefusedEvent */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new RefusedEvent('malformed', ['no JSON']);
  }
}

/**
 * @param depth how many names of a path are the schema's: the sender chooses deeper ones, which may hold anything
 * @throws RefusedEvent
 */
export function parseEvent<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
  depth: number,
  prefix = '',
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, code }) => `${prefix}${path.slice(0, depth).join('.')}: ${code}`);
  throw new RefusedEvent('malformed', faults.slice(0, MOST_FAULTS));
}

const MOST_FAULTS = 20;
