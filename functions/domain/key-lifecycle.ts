/**
 * The life of the stage's signing keys: next → active → previous → deleted. Pure: from what KMS says and the time, the
 * next step, one call to KMS each. The three aliases are the whole state; when each came to its key KMS remembers itself
 * (`LastUpdatedDate`), so a run that is killed anywhere leaves nothing that the next does not understand.
 *
 * Why no order of two runs does harm: a key that may sign gains its next alias before it loses the last one, and moves
 * that must not be seen in the wrong order lie `settle` apart, which is longer than a run takes.
 */
import type { Settings } from './settings.ts';

export const keyRoles = ['next', 'active', 'previous'] as const;
export type KeyRole = (typeof keyRoles)[number];

/** What an alias points at. */
export interface KeyInRole {
  readonly keyId: string;
  /** When the alias came to this key. */
  readonly since: Date;
  /** Not disabled, not waiting for its deletion. */
  readonly usable: boolean;
}

export type StageKeys = Readonly<Partial<Record<KeyRole, KeyInRole>>>;

export type Step =
  /** Makes a key, and the alias `next` for it, which must not be there. */
  | { readonly do: 'make' }
  | { readonly do: 'assign'; readonly role: KeyRole; readonly keyId: string }
  /** Removes the alias. A key that has none left is deleted later. */
  | { readonly do: 'release'; readonly role: KeyRole };

/** Seconds that a public key, or the lack of it, may be remembered without asking again. */
export const remembered = {
  /** By the functions that publish and verify: how long a revoked key may still be believed there (S44). */
  byFunctions: 15,
  /** By the functions that sign, at most: how long a key may go on signing when it is no longer the active one. */
  bySigner: 300,
  /** By consumers, as JWKS allows them in Cache-Control. */
  byConsumers: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 12 * 3600 },
  /** By JWT authorizers of API Gateway, whatever Cache-Control says: "can cache the public key for two hours". */
  byApiGateway: 2 * 3600,
} as const;

/** Milliseconds. */
export interface KeyAges {
  /** Of the active key, when the next one takes its place. */
  readonly rotate: number;
  /** Of the next key, before it may sign: no cache is without it then. */
  readonly publishAhead: number;
  /** Since the active key took over, when nothing that the previous one signed is valid any more. */
  readonly retire: number;
  /** Between two moves of aliases that nobody may see in the wrong order: KMS is consistent only "in minutes". */
  readonly settle: number;
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** That KMS's clock, which dates the aliases, is not ours. */
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
 * There is always a key in waiting, also right after a change: an emergency then has one that every consumer knows.
 * @returns null when there is nothing to do for now
 */
export function nextStep({ next, active, previous }: StageKeys, now: Date, ages: KeyAges): Step | null {
  const age = ({ since }: KeyInRole) => now.getTime() - since.getTime();

  // The first key of a stage, or an emergency: nothing can be signed until this is mended, so nothing is waited for.
  if (!active?.usable) {
    if (!next) return { do: 'make' };
    return next.usable ? assign('active', next) : release('next');
  }

  const retiring = previous && previous.keyId !== active.keyId;
  if (retiring && (!previous.usable || age(active) >= ages.retire)) return release('previous');

  if (!next) return { do: 'make' };
  if (!next.usable) return release('next');
  // Promoted. Who still sees the old active key must find this one as the next.
  if (next.keyId === active.keyId) return age(active) >= ages.settle ? release('next') : null;

  const begun = previous?.keyId === active.keyId;
  if (retiring || age(next) < ages.publishAhead || !(begun || age(active) >= ages.rotate)) return null;
  // First a second alias for the key that is about to stop signing, so that it is published throughout.
  if (!begun) return assign('previous', active);
  return age(previous) >= ages.settle ? assign('active', next) : null;
}

/** The state as a step leaves it: KMS itself may not report it for a while. */
export function after(keys: StageKeys, step: Exclude<Step, { do: 'make' }>, now: Date): StageKeys {
  const { [step.role]: _, ...others } = keys;
  if (step.do === 'release') return others;
  return { ...others, [step.role]: { keyId: step.keyId, since: now, usable: true } };
}

const assign = (role: KeyRole, { keyId }: KeyInRole): Step => ({ do: 'assign', role, keyId });
const release = (role: KeyRole): Step => ({ do: 'release', role });
