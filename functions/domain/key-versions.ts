/** Which version of an HMAC key makes MACs and which are accepted, during a rotation and after a drop (S71). */

/** The first one makes MACs; each is accepted. */
export type Keys = readonly [Buffer, ...Buffer[]];

/** A key as functions have it, fetched again before it is too old (aws/hmac-keys.ts). */
export interface HmacKeys {
  /** @throws Problem SERVICE_UNAVAILABLE when no recent versions are known and Secrets Manager does not answer */
  keys(): Promise<Keys>;
  /** Fetches again, at most every 30 s, for a token that no known version made. Null if that is too soon. */
  refetched(): Promise<Keys | null>;
}

export interface KeyVersion {
  readonly key: Buffer;
  readonly createdAt: Date;
}

/** A key's versions: AWSCURRENT and AWSPREVIOUS in Secrets Manager. */
export interface KeyVersions {
  readonly current: KeyVersion;
  /** Null before the first rotation and after a drop. */
  readonly previous: KeyVersion | null;
}

/** How old a function's knowledge of a key may be, milliseconds; a request at its end still has time to be answered. */
export const LONGEST_KNOWN = 240_000;

/**
 * A new version makes MACs from this age on, milliseconds. Every function knows it by then, so none refuses what
 * another makes; all change to it at one moment, so no count is kept under two keys.
 */
export const MAKES_AFTER = 300_000;

export const makesFrom = ({ createdAt }: Pick<KeyVersion, 'createdAt'>) => new Date(createdAt.getTime() + MAKES_AFTER);

export function inOrder({ current, previous }: KeyVersions, now: Date): Keys {
  if (!previous) return [current.key];
  return makesFrom(current) <= now ? [current.key, previous.key] : [previous.key, current.key];
}
