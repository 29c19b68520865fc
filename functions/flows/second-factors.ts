/** What each kind of second factor is checked by: one table for signing in and for authenticating again. */
import { timingSafeEqual } from 'node:crypto';
import type { SecondFactor } from '../domain/authentication-level.ts';
import type { UserId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { recoveryCodeHash } from '../domain/recovery-codes.ts';
import { stepOf } from '../domain/totp.ts';
import type { TriedFactor } from '../store/factor-guesses.ts';
import type { FactorUse } from '../store/factor-use.ts';
import type { Needing } from './needs.ts';

export type CheckNeeds = Needing<'totpSecrets' | 'recoveryKey'>;

/** What somebody shows: a code, or a passkey's assertion. */
export interface GivenFactor {
  readonly method: SecondFactor;
  readonly code: string | undefined;
}

interface Tried {
  readonly given: GivenFactor;
  readonly userId: UserId;
  readonly factor: TriedFactor;
  readonly now: Date;
}

/** @returns what the statement that goes by it notes; null where it does not fit */
type Check = (needs: CheckNeeds, tried: Tried) => Promise<FactorUse | null>;

const checks: Readonly<Record<SecondFactor, Check>> = {
  async totp(
    { totpSecrets },
    { given: { code = '' }, userId, factor: { factor_id: factorId, secret, last_step }, now },
  ) {
    if (!secret) return null;
    const step = stepOf(code.replaceAll(' ', ''), await totpSecrets.open(secret, userId), last_step, now);
    return step === null ? null : { kind: 'totp', factorId, step };
  },
  async recovery({ recoveryKey }, { given: { code = '' }, userId, factor: { factor_id: factorId, code_hashes } }) {
    const left = (code_hashes ?? []).map((hash) => Buffer.from(hash, 'hex'));
    const candidates = (await recoveryKey.keys()).map((key) => recoveryCodeHash(code, userId, key));
    const codeHash = left.find((hash) => candidates.some((one) => one !== null && timingSafeEqual(one, hash)));
    return codeHash ? { kind: 'recovery', factorId, codeHash } : null;
  },
  async passkey() {
    throw new Problem('VALIDATION_ERROR', {
      errors: [{ pointer: '/method', detail: 'passkeys are not taken here yet' }],
    });
  },
};

export const checkFactor: Check = (needs, tried) => checks[tried.given.method](needs, tried);
