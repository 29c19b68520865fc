/** What is asked of somebody who has shown one factor: another one, or nothing more. */
import { randomUUID } from 'node:crypto';
import type { SecondFactor } from '../domain/authentication-level.ts';
import { type Door, type PendingSignIn, type PendingSignIns, pendingUntil } from '../domain/pending-sign-in.ts';
import { Problem } from '../domain/problem.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import type { LoginAccount } from '../store/login-admission.ts';
import type { SigningIn } from './open-session.ts';

type Asked = Pick<
  Extract<LoginAccount, { email: string }>,
  'factors' | 'has_app' | 'has_second_factor' | 'needs_level_2'
>;

/**
 * An authenticator app is asked for wherever there is one. A passkey alone signs in by itself, so who has one and gives the
 * password is asked for it where level 2 is needed: on another device it may be out of reach.
 * A factor that wrong codes have closed is still asked for: whoever has the password must not get rid of it by guessing.
 * @returns what may be shown, the best first; null where nothing more is asked for, or nothing is set up
 */
export function demandedFactors(
  { factors, has_app, has_second_factor, needs_level_2 }: Asked,
  { secondFactor }: DemandSettings,
): SecondFactor[] | null {
  const needed = needs_level_2 || secondFactor === 'required';
  if (!needed && (secondFactor === 'off' || !has_app)) return null;
  if (!has_second_factor) return null;
  return (['passkey', 'totp', 'recovery'] as const).filter((factor) => factors.includes(factor));
}

export interface Pending {
  readonly door: Door;
  readonly methods: readonly SecondFactor[];
  readonly deviceName?: string | undefined;
  readonly keep?: boolean;
  readonly browser?: string;
}

/** @returns the text by which the sign-in goes on (domain/pending-sign-in.ts) */
export function suspend(
  pendingSignIns: PendingSignIns,
  { account, shown, deviceId, guessKey, upgradedHash }: Omit<SigningIn, 'limits'>,
  { door, methods, deviceName, keep, browser }: Pending,
  { now }: Pick<RequestContext, 'now'>,
): Promise<string> {
  const pending: PendingSignIn = {
    id: randomUUID(),
    door,
    userId: account.user_id,
    email: account.email,
    orgId: account.org_id,
    passwordEpoch: account.password_epoch,
    amr: shown.amr,
    methods,
    deviceId,
    guessKey: Buffer.from(guessKey).toString('base64url'),
    upgradedHash,
    endsAt: pendingUntil(now),
    ...(deviceName === undefined ? {} : { deviceName }),
    ...(keep === undefined ? {} : { keep }),
    ...(browser === undefined ? {} : { browser }),
  };
  return pendingSignIns.seal(pending);
}

/** Of the JSON door. */
export const secondFactorRequired = (mfaToken: string, methods: readonly SecondFactor[]): Problem =>
  new Problem('SECOND_FACTOR_REQUIRED', { extension: { mfa_token: mfaToken, methods } });
