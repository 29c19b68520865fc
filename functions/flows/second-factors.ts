/** What each kind of second factor is checked by: one table for signing in and for authenticating again. */
import { timingSafeEqual } from 'node:crypto';
import type { AssertionCredential } from '../contracts/http/passkeys.ts';
import type { SecondFactor } from '../domain/authentication-level.ts';
import type { UserId } from '../domain/ids.ts';
import type { OneUse } from '../domain/one-use.ts';
import { Problem } from '../domain/problem.ts';
import { recoveryCodeHash } from '../domain/recovery-codes.ts';
import { stepOf } from '../domain/totp.ts';
import type { ChallengeFor } from '../domain/webauthn/challenge.ts';
import type { TriedFactor } from '../store/factor-guesses.ts';
import type { FactorUse } from '../store/factor-use.ts';
import { challengeOf, checkAssertion } from './check-assertion.ts';
import type { Needing } from './needs.ts';
import type { PasskeyOptionsNeeds } from './passkey-options.ts';

export type CheckNeeds = Needing<'totpSecrets' | 'recoveryKey'> & PasskeyOptionsNeeds;

/** What somebody shows: a code, or a passkey's assertion. */
export interface GivenFactor {
  readonly method: SecondFactor;
  readonly code: string | undefined;
  readonly assertion?: AssertionCredential | undefined;
}

interface Tried {
  readonly given: GivenFactor;
  readonly userId: UserId;
  readonly factor: TriedFactor;
  /** What a passkey's challenge must be for. */
  readonly asked: ChallengeFor;
  readonly now: Date;
}

/** What the statement that goes by it notes. */
export interface ShownFactor {
  readonly use: FactorUse;
  /** What counts once beside the step or code, which its row counts: the challenge of a passkey. */
  readonly once: OneUse | null;
}

/** @returns null where it does not fit */
type Check = (needs: CheckNeeds, tried: Tried) => Promise<ShownFactor | null>;

const checks: Readonly<Record<SecondFactor, Check>> = {
  async totp(
    { totpSecrets },
    { given: { code = '' }, userId, factor: { factor_id: factorId, secret, last_step }, now },
  ) {
    if (!secret) return null;
    const step = stepOf(code.replaceAll(' ', ''), await totpSecrets.open(secret, userId), last_step, now);
    return step === null ? null : { use: { kind: 'totp', factorId, step }, once: null };
  },
  async recovery({ recoveryKey }, { given: { code = '' }, userId, factor: { factor_id: factorId, code_hashes } }) {
    const left = (code_hashes ?? []).map((hash) => Buffer.from(hash, 'hex'));
    const candidates = (await recoveryKey.keys()).map((key) => recoveryCodeHash(code, userId, key));
    const codeHash = left.find((hash) => candidates.some((one) => one !== null && timingSafeEqual(one, hash)));
    return codeHash ? { use: { kind: 'recovery', factorId, codeHash }, once: null } : null;
  },
  async passkey(needs, { given: { assertion }, asked, factor, now }) {
    if (!assertion) return null;
    const challenged = await challengeOf(needs, assertion, asked, now);
    const { factor_id, public_key, sign_count, may_back_up } = factor;
    if (!public_key || sign_count === null || may_back_up === null) return null;
    return checkAssertion(challenged, assertion, { factor_id, public_key, sign_count, may_back_up });
  },
};

export const checkFactor: Check = (needs, tried) => checks[tried.given.method](needs, tried);

/** The same whatever was wrong with it: closed factors and those that are not there are refused so, too. */
export const wrongFactor = (method: SecondFactor) =>
  new Problem('INVALID_CREDENTIALS', {
    detail: method === 'passkey' ? 'The passkey was not accepted.' : 'The code is wrong, or was used before.',
  });

/** Which passkey is shown; null where something else is. */
export const credentialOf = ({ method, assertion }: GivenFactor): Uint8Array | null =>
  method === 'passkey' ? Buffer.from(assertion?.id ?? '', 'base64url') : null;
