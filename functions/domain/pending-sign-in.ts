/**
 * A sign-in between its two factors: what the first one proved, sealed (sealed.ts), so that no row waits for a second one
 * that may never come. The JSON door calls it `mfa_token`; the pages carry it in a form.
 */
import type { Method, SecondFactor } from './authentication-level.ts';
import type { DeviceId, OrgId, UserId } from './ids.ts';
import { type OneUse, oneUse } from './one-use.ts';
import type { Sealed } from './sealed.ts';

/** Milliseconds. */
const LIFETIME = 10 * 60 * 1000;

export type Door = 'api' | 'browser';

/** Bytes as base64url, times in milliseconds: it travels as JSON. */
export interface PendingSignIn {
  /** One session opens by it. */
  readonly id: string;
  readonly door: Door;
  readonly userId: UserId;
  readonly email: string;
  readonly orgId: OrgId | null;
  /** Of the password that was compared: with another one, it is worth nothing. */
  readonly passwordEpoch: number;
  readonly amr: readonly Method[];
  /** That may be shown now. */
  readonly methods: readonly SecondFactor[];
  /** Null for a device that is not known. */
  readonly deviceId: DeviceId | null;
  readonly guessKey: string;
  readonly upgradedHash: string | null;
  readonly deviceName?: string;
  /** "Keep me signed in", of the pages. */
  readonly keep?: boolean;
  /** The token of the forms of the browser that asked, of the pages. */
  readonly browser?: string;
  readonly endsAt: number;
}

export type PendingSignIns = Sealed<PendingSignIn>;

export const pendingUntil = (now: Date): number => now.getTime() + LIFETIME;

/** @returns null for what this service did not seal, for another door, or what is over */
export async function openPending(
  pending: PendingSignIns,
  text: string,
  door: Door,
  now: Date,
): Promise<PendingSignIn | null> {
  const opened = await pending.open(text);
  return opened && opened.door === door && opened.endsAt > now.getTime() ? opened : null;
}

export const onceOf = ({ id, endsAt }: PendingSignIn): OneUse => oneUse('second-factor', [id], new Date(endsAt));
