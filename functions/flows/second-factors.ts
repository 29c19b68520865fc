/** What each kind of second factor is checked by: one table for signing in and for authenticating again. */
import { timingSafeEqual } from 'node:crypto';
import type { AssertionCredential } from '../contracts/http/passkeys.ts';
import type { SecondFactor } from '../domain/authentication-level.ts';
import { isLoginCode, loginHash, mailedLoginEnd } from '../domain/email-login.ts';
import type { UserId } from '../domain/ids.ts';
import { type OneUse, oneUse } from '../domain/one-use.ts';
import { Problem } from '../domain/problem.ts';
import type { Limits } from '../domain/rate-limit.ts';
import { recoveryCodeHash } from '../domain/recovery-codes.ts';
import { stepOf } from '../domain/totp.ts';
import type { ChallengeFor } from '../domain/webauthn/challenge.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import type { TriedFactor } from '../store/factor-guesses.ts';
import type { FactorUse } from '../store/factor-use.ts';
import { challengeOf, checkAssertion } from './check-assertion.ts';
import type { Needing } from './needs.ts';
import type { PasskeyOptionsNeeds } from './passkey-options.ts';

/** `codeKey`: of a door that takes mailed codes. */
export type CheckNeeds = Needing<'totpSecrets' | 'recoveryKey'> & Partial<Needing<'codeKey'>> & PasskeyOptionsNeeds;

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
  /** What a passkey's challenge, or a mailed code, must be for. */
  readonly asked: ChallengeFor;
  readonly now: Date;
}

/** What the statement that goes by it notes. */
export interface ShownFactor {
  readonly use: FactorUse | null;
  /** What counts once beside the step or code, which its row counts: the challenge of a passkey, a mailed code. */
  readonly once: OneUse | null;
}

/** @returns null where it does not fit */
type Check = (needs: CheckNeeds, tried: Tried) => Promise<ShownFactor | null>;

const checks: Readonly<Record<SecondFactor, Check>> = {
  async totp(
    { totpSecrets },
    { given: { code = '' }, userId, factor: { factor_id: factorId, secret, last_step }, now },
  ) {
    if (!secret || !factorId) return null;
    const step = stepOf(code.replaceAll(' ', ''), await totpSecrets.open(secret, userId), last_step, now);
    return step === null ? null : { use: { kind: 'totp', factorId, step }, once: null };
  },
  async recovery({ recoveryKey }, { given: { code = '' }, userId, factor: { factor_id: factorId, code_hashes } }) {
    const left = (code_hashes ?? []).map((hash) => Buffer.from(hash, 'hex'));
    const candidates = (await recoveryKey.keys()).map((key) => recoveryCodeHash(code, userId, key));
    const codeHash = left.find((hash) => candidates.some((one) => one !== null && timingSafeEqual(one, hash)));
    return codeHash && factorId ? { use: { kind: 'recovery', factorId, codeHash }, once: null } : null;
  },
  async passkey(needs, { given: { assertion }, asked, factor, now }) {
    if (!assertion) return null;
    const challenged = await challengeOf(needs, assertion, asked, now);
    const { factor_id, public_key, sign_count, may_back_up } = factor;
    if (!factor_id || !public_key || sign_count === null || may_back_up === null) return null;
    return checkAssertion(challenged, assertion, { factor_id, public_key, sign_count, may_back_up });
  },
  async email({ codeKey }, { given: { code = '' }, asked, factor: { token_id: tokenId }, now }) {
    if (!tokenId || !codeKey) return null;
    if (isLoginCode(code, { tokenId, loginHash: loginHash(asked.of ?? '') }, await codeKey.keys())) {
      return { use: null, once: oneUse('email-login', [tokenId], mailedLoginEnd(now)) };
    }
    emitMetrics({ EmailCodesWrong: [1, 'Count'] });
    return null;
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

/**
 * The counts that a try goes against, and those of them that a right one is taken out of again. A mailed code is no row that
 * wrong ones close, and six digits that the service makes: so each sign-in has five tries of its own, and wrong ones of a month
 * are a hundred at most, by all sessions and devices of the account (S83).
 * @param by whose tries they are
 * @param of what a mailed code is for
 */
export function guesses(
  limits: Limits,
  method: SecondFactor,
  { by, of, userId }: { readonly by: string; readonly of: string; readonly userId: UserId },
) {
  const whom = `${method}:${by}`;
  const byMail = method === 'email';
  const wrong = [...limits.by('factorGuessDaily', whom), ...(byMail ? limits.by('mailedFactorGuess', userId) : [])];
  const each = byMail ? limits.by('emailCodePerLogin', of) : [];
  return { all: [...limits.by('factorGuess', whom), ...each, ...wrong], wrong };
}
