/** Checking what a passkey signed, for every door and occasion. */
import type { AssertionCredential } from '../contracts/http/passkeys.ts';
import type { FactorId } from '../domain/ids.ts';
import type { OneUse } from '../domain/one-use.ts';
import { Problem } from '../domain/problem.ts';
import { type Answered, type ChallengeFor, readChallenge } from '../domain/webauthn/challenge.ts';
import { PasskeyFault } from '../domain/webauthn/fault.ts';
import { type Asserted, readAssertion } from '../domain/webauthn/passkey.ts';
import type { RelyingParty } from '../domain/webauthn/relying-party.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import type { FactorUse } from '../store/factor-use.ts';
import { assertPasskeys, type PasskeyOptionsNeeds } from './passkey-options.ts';

/** Of the row of a passkey. */
export interface PasskeyRecord {
  readonly factor_id: FactorId;
  readonly public_key: Uint8Array;
  readonly sign_count: number;
  readonly may_back_up: boolean;
}

export interface Checked {
  readonly use: FactorUse;
  /** Of the challenge. */
  readonly once: OneUse;
}

/**
 * @param asked what the challenge must be for
 * @throws Problem CHALLENGE_INVALID for an answer to another one, or to one that is over; RESOURCE_NOT_FOUND where the stage
 * has no passkeys
 */
export async function challengeOf(
  { settings, passkeyChallenges }: PasskeyOptionsNeeds,
  { response }: AssertionCredential,
  asked: ChallengeFor,
  now: Date,
): Promise<Challenged> {
  const party = assertPasskeys(settings);
  const answered = await readChallenge(passkeyChallenges, bytes(response.clientDataJSON), asked, now);
  if (!answered) throw new Problem('CHALLENGE_INVALID');
  return { ...party, ...answered };
}

export type Challenged = RelyingParty & Answered;

/** @returns what the statement that goes by it notes; null for what does not fit */
export function checkAssertion(
  challenged: Challenged,
  { response }: AssertionCredential,
  passkey: PasskeyRecord,
): Checked | null {
  const given = {
    clientDataJSON: bytes(response.clientDataJSON),
    authenticatorData: bytes(response.authenticatorData),
    signature: bytes(response.signature),
  };
  const { factor_id: factorId, sign_count: signCount, may_back_up: mayBackUp } = passkey;
  const known = { publicKey: Buffer.from(passkey.public_key), signCount, mayBackUp };
  const asserted = asserting(() => readAssertion(given, known, challenged));
  if (!asserted) return null;
  const countsBack = asserted.countsBack ? (mayBackUp ? 'synced' : 'bound') : null;
  if (countsBack) {
    log('warn', 'passkey counts back', {
      factor_id: factorId,
      before: signCount,
      now: asserted.signCount,
      is: countsBack,
    });
    emitMetrics({ PasskeysCountBack: [1, 'Count'] });
  }
  return {
    use: { kind: 'passkey', factorId, signCount: asserted.signCount, isBackedUp: asserted.isBackedUp, countsBack },
    once: challenged.once,
  };
}

function asserting(read: () => Asserted): Asserted | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PasskeyFault)) throw error;
    log('warn', 'passkey refused', { reason: error.message });
    return null;
  }
}

const bytes = (text: string) => Buffer.from(text, 'base64url');
