/** Which version of an HMAC key makes and which are honoured, while it is rotated and after one was dropped (S71). */

/** The first makes, each is honoured. */
export type Keys = readonly [Buffer, ...Buffer[]];

/** A key as functions have it, kept young (aws/hmac-keys.ts). */
export interface HmacKeys {
  /** @throws Problem SERVICE_UNAVAILABLE when nothing young enough is known and Secrets Manager does not answer */
  keys(): Promise<Keys>;
  /** Fetches again, at most every 30 s; for a token that no known version made. Null when that is too soon. */
  refetched(): Promise<Keys | null>;
}

export interface KeyVersion {
  readonly key: Buffer;
  readonly createdAt: Date;
}

/** Of the key's versions: Secrets Manager's AWSCURRENT and AWSPREVIOUS. */
export interface KeyVersions {
  readonly current: KeyVersion;
  /** None before the first rotation, and after a drop. */
  readonly previous: KeyVersion | null;
}

/** How old what a function knows of a key may be, milliseconds; a request at its end has time left to be answered. */
export const LONGEST_KNOWN = 240_000;

/**
 * A new version makes from this age on, milliseconds: every function knows it by then, so that what one makes no other
 * refuses, and all change to it at one moment, so that no count is kept under two keys.
 */
export const MAKES_AFTER = 300_000;

export const makesFrom = ({ createdAt }: Pick<KeyVersion, 'createdAt'>) => new Date(createdAt.getTime() + MAKES_AFTER);

export function inOrder({ current, previous }: KeyVersions, now: Date): Keys {
  if (!previous) return [current.key];
  return makesFrom(current) <= now ? [current.key, previous.key] : [previous.key, current.key];
}
