/** Changing the password of whoever is signed in and knows it, or authenticated within minutes. */
import { type AccessClaims, clientOf, sessionOf, type TokenSettings } from '../domain/access-token.ts';
import { newDeviceId } from '../domain/device-token.ts';
import { checkNewPassword, type PasswordSettings } from '../domain/password-policy.ts';
import { freshRefreshToken, newSecret, sha256 } from '../domain/refresh-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { changePassword as storeChange } from '../store/passwords.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import { assertRecent, type ConfirmNeeds, confirmPerson, passwordRefusal } from './confirm-password.ts';
import type { Needing } from './needs.ts';
import { refuseBreached } from './refuse-breached.ts';
import { issueToken, type SignedIn } from './session-tokens.ts';

export type ChangePasswordNeeds = ConfirmNeeds &
  Needing<
    'isBreached' | 'refreshTokens' | 'deviceTokens' | 'admitSigning',
    PasswordSettings & TokenSettings & RecencySettings & DemandSettings
  >;

export interface PasswordChange {
  readonly currentPassword: string | undefined;
  readonly newPassword: string;
  /** Gives the session new tokens, so that whoever holds the old ones has lost it. */
  readonly renewTokens: boolean;
}

/**
 * @returns the session's new tokens, where they were asked for
 * @throws Problem PASSWORD_REJECTED; those of {@link confirmPerson}
 */
export async function changePassword(
  needs: ChangePasswordNeeds,
  claims: AccessClaims,
  { currentPassword, newPassword, renewTokens }: PasswordChange,
  context: RequestContext,
): Promise<SignedIn | null> {
  const sign = renewTokens ? needs.admitSigning() : null;
  const confirmed = await confirmPerson(needs, claims, currentPassword, context);
  checkNewPassword(newPassword, confirmed.email, needs.settings);
  await refuseBreached(needs, newPassword);

  const newHash = await needs.passwords.hash(newPassword);
  const secret = sign && newSecret();
  const change = { newHash, ...confirmed, freshHash: secret && sha256(secret) };
  const kept = await storeChange(needs.database, claims, change, context);
  assertRecent(kept, claims, needs.settings);
  if (kept.user_id === null) throw passwordRefusal(kept.retry_after);
  if (!sign || !secret) return null;
  const { encoded } = freshRefreshToken(claims.sid, kept.generation, secret, await needs.refreshTokens.keys());
  const occasion = {
    sessionId: claims.sid,
    now: context.now,
    authenticatedAt: new Date(kept.authenticated_at),
    ...sessionOf(kept),
    enrolsOnly: kept.is_below,
    ...clientOf(claims),
  };
  const issued = await issueToken(sign, needs.settings, kept, occasion);
  // Every device token ended with the password: this device's goes on in a new one.
  const device = {
    userId: claims.sub,
    deviceId: newDeviceId(),
    passwordEpoch: confirmed.passwordEpoch + 1,
    issuedAt: context.now,
  };
  const deviceToken = kept.shares_devices ? null : await needs.deviceTokens.seal(device);
  return { ...issued, refreshToken: encoded, deviceToken };
}
