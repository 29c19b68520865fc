/**
 * The life of the stage's signing keys: next → active → previous → deleted. Pure: the next step follows from what KMS
 * reports and the time, and each step is one call to KMS. The three aliases are the whole state, and KMS records when
 * each came to its key (`LastUpdatedDate`), so the next run understands whatever a killed run left.
 *
 * Two runs do no harm in any order: a key that may sign gains its next alias before it loses the last one, and moves
 * that must not be seen in the wrong order lie `settle` apart, which is longer than a run takes.
 */
import type { Settings } from './settings.ts';

export const keyRoles = ['next', 'active', 'previous'] as const;
export type KeyRole = (typeof keyRoles)[number];

/** The key that an alias points at. */
export interface KeyInRole {
  readonly keyId: string;
  /** When the alias came to this key. */
  readonly since: Date;
  /** Not disabled and not waiting for deletion. */
  readonly usable: boolean;
}

export type StageKeys = Readonly<Partial<Record<KeyRole, KeyInRole>>>;

export type Step =
  /** Makes a key and its alias `next`, which must not exist yet. */
  | { readonly do: 'make' }
  | { readonly do: 'assign'; readonly role: KeyRole; readonly keyId: string }
  /** Removes the alias. A key with no alias left is deleted later. */
  | { readonly do: 'release'; readonly role: KeyRole };

/** Seconds for which a public key, or its absence, may be remembered without asking again. */
export const remembered = {
  /** By the functions that publish and verify: how long they may still trust a revoked key (S44). */
  byFunctions: 15,
  /** By the functions that sign: how long, at most, a key goes on signing after it is no longer the active one. */
  bySigner: 300,
  /** By consumers, as the JWKS's Cache-Control allows. */
  byConsumers: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 12 * 3600 },
  /** By API Gateway's JWT authorizers, whatever Cache-Control says: "can cache the public key for two hours". */
  byApiGateway: 2 * 3600,
} as const;

/** Milliseconds. */
export interface KeyAges {
  /** The active key's age when the next one replaces it. */
  readonly rotate: number;
  /** The next key's age before it may sign: every cache has it by then. */
  readonly publishAhead: number;
  /** Time since the active key took over, after which no signature of the previous one is valid. */
  readonly retire: number;
  /** Time between two alias moves that must not be seen in the wrong order: KMS is consistent only "in minutes". */
  readonly settle: number;
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** Seconds by which KMS's clock, which dates the aliases, may differ from ours. */
const MARGIN = 60;

export const keyAges = ({
  signingKeys,
  accessTokenSeconds,
  clockSkewSeconds,
}: Pick<Settings, 'signingKeys' | 'accessTokenSeconds' | 'clockSkewSeconds'>): KeyAges => ({
  rotate: signingKeys.rotateDays * 24 * HOUR,
  publishAhead: signingKeys.publishAheadHours * HOUR,
  retire: (remembered.bySigner + accessTokenSeconds + clockSkewSeconds + MARGIN) * SECOND,
  settle: 300 * SECOND,
});

/**
 * A next key always exists, also right after a change, so that an emergency finds one that every consumer knows.
 * @returns null when there is nothing to do for now
 */
export function nextStep({ next, active, previous }: StageKeys, now: Date, ages: KeyAges): Step | null {
  const age = ({ since }: KeyInRole) => now.getTime() - since.getTime();

  // The first key of a stage, or an emergency: nothing can be signed until this is mended, so it does not wait.
  if (!active?.usable) {
    if (!next) return { do: 'make' };
    return next.usable ? assign('active', next) : release('next');
  }

  const retiring = previous && previous.keyId !== active.keyId;
  if (retiring && (!previous.usable || age(active) >= ages.retire)) return release('previous');

  if (!next) return { do: 'make' };
  if (!next.usable) return release('next');
  // It was promoted. A function that still sees the old active key must find this one as the next.
  if (next.keyId === active.keyId) return age(active) >= ages.settle ? release('next') : null;

  const begun = previous?.keyId === active.keyId;
  if (retiring || age(next) < ages.publishAhead || !(begun || age(active) >= ages.rotate)) return null;
  // The key that is about to stop signing gets a second alias first, so that it stays published throughout.
  if (!begun) return assign('previous', active);
  return age(previous) >= ages.settle ? assign('active', next) : null;
}

/** The state after a step: KMS itself may not report it for a while. */
export function after(keys: StageKeys, step: Exclude<Step, { do: 'make' }>, now: Date): StageKeys {
  const { [step.role]: _, ...others } = keys;
  if (step.do === 'release') return others;
  return { ...others, [step.role]: { keyId: step.keyId, since: now, usable: true } };
}

const assign = (role: KeyRole, { keyId }: KeyInRole): Step => ({ do: 'assign', role, keyId });
const release = (role: KeyRole): Step => ({ do: 'release', role });
