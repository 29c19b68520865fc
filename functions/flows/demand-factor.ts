/** What is asked of somebody who has shown one factor: another one, or nothing more. */
import { randomUUID } from 'node:crypto';
import type { Method, SecondFactor } from '../domain/authentication-level.ts';
import { type Door, type PendingSignIn, type PendingSignIns, pendingUntil } from '../domain/pending-sign-in.ts';
import { Problem } from '../domain/problem.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { ChallengeFor } from '../domain/webauthn/challenge.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import type { LoginAccount } from '../store/login-admission.ts';
import type { Needing } from './needs.ts';
import type { SigningIn } from './open-session.ts';
import { type PasskeyOptionsNeeds, requestOptions } from './passkey-options.ts';

type Asked = Pick<
  Extract<LoginAccount, { email: string }>,
  'factors' | 'has_app' | 'has_second_factor' | 'needs_level_2' | 'passkeys'
>;

/** What a challenge is for that a passkey answers as the second factor of this sign-in alone. */
export const secondFactorOf = ({ id }: Pick<PendingSignIn, 'id'>): ChallengeFor => ({ use: 'second-factor', of: id });

/** The best first. */
const inOrder: readonly SecondFactor[] = ['passkey', 'totp', 'recovery', 'email'];

/**
 * An authenticator app is asked for wherever there is one. A passkey alone signs in by itself, so who has one and gives the
 * password is asked for it where level 2 is needed: on another device it may be out of reach.
 * A factor that wrong codes have closed is still asked for: whoever has the password must not get rid of it by guessing.
 * A mailed code is the last of them, and of who has nothing set up the only one, so that level 2 is in reach; beside a password
 * alone, since after a login by mail it would show the mailbox twice.
 * @returns what may be shown, the best first; null where nothing more is asked for, or nothing is set up
 */
export function demandedFactors(
  { factors, has_app, has_second_factor, needs_level_2 }: Omit<Asked, 'passkeys'>,
  shown: readonly Method[],
  { secondFactor }: DemandSettings,
): SecondFactor[] | null {
  const needed = needs_level_2 || secondFactor === 'required';
  if (!needed && (secondFactor === 'off' || !has_app)) return null;
  const byMail = factors.includes('email') && shown.includes('pwd');
  if (!has_second_factor) return byMail ? ['email'] : null;
  return inOrder.filter((factor) => (factor === 'email' ? byMail : factors.includes(factor)));
}

export interface Pending {
  /** Of a sign-in whose passkey is asked for in the same answer. */
  readonly id?: string;
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
  { id = randomUUID(), door, methods, deviceName, keep, browser }: Pending,
  { now }: Pick<RequestContext, 'now'>,
): Promise<string> {
  const pending: PendingSignIn = {
    id,
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

export type SuspendNeeds = PasskeyOptionsNeeds & Needing<'pendingSignIns'>;

/** Of the JSON door: what goes on with the sign-in, and how a passkey is shown where one is among the methods. */
export async function secondFactorRequired(
  needs: SuspendNeeds,
  proved: Omit<SigningIn, 'limits'> & { readonly account: Pick<Asked, 'passkeys'> },
  { methods, deviceName }: Pick<Pending, 'methods' | 'deviceName'>,
  context: RequestContext,
): Promise<Problem> {
  const id = randomUUID();
  const options = methods.includes('passkey')
    ? await requestOptions(needs, secondFactorOf({ id }), context.now, proved.account.passkeys)
    : null;
  const token = await suspend(needs.pendingSignIns, proved, { id, door: 'api', methods, deviceName }, context);
  const extension = { mfa_token: token, methods, ...(options && { passkey_options: options }) };
  return new Problem('SECOND_FACTOR_REQUIRED', { extension });
}
