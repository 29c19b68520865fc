/** Redeeming a reset link. */
import { type DeviceToken, newDeviceId } from '../domain/device-token.ts';
import { emailKey } from '../domain/email-address.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import { checkNewPassword, type PasswordSettings } from '../domain/password-policy.ts';
import { limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { findResetAddress, redeemReset } from '../store/password-resets.ts';
import type { Needing } from './needs.ts';
import { deadLink, type LinkNeeds, readLink } from './read-link.ts';
import { refuseBreached } from './refuse-breached.ts';

/** A link that works beside a password, and whose account it opens. */
export interface OpenReset {
  readonly token: OneTimeToken;
  readonly email: string;
}

/**
 * Counts the try: one link has a hash made, and the breach service asked, a few times a minute at most (S68).
 * @throws Problem RESET_TOKEN_INVALID, RESET_TOKEN_EXPIRED, RATE_LIMITED
 */
export async function openReset(
  needs: LinkNeeds,
  encoded: string,
  context: RequestContext,
  purpose: 'reset_password' | 'reset_factors' = 'reset_password',
): Promise<OpenReset> {
  const token = await readLink(needs, encoded, purpose, context);
  const limits = limitsAt(context.now, await needs.pseudonyms(), needs.settings);
  const perLink = limits.by('passwordPerLink', token.tokenId);
  const { email, exceeded } = await findResetAddress(needs.database, token, perLink, context);
  if (exceeded) throw tooMany(exceeded);
  if (email === null) throw deadLink(purpose);
  return { token, email };
}

export type ResetNeeds = Needing<'database' | 'pseudonyms' | 'passwords' | 'isBreached', PasswordSettings>;

/**
 * The link is checked before the password, so that only its holder has hashing done; a password that is refused leaves
 * it as it was.
 * @returns what the device is known by that did it, alone of all (S67); null for one that people share
 * @throws Problem RESET_TOKEN_INVALID, PASSWORD_REJECTED
 */
export async function resetPassword(
  { settings, ...needs }: ResetNeeds,
  { token, email }: OpenReset,
  newPassword: string,
  context: RequestContext,
): Promise<DeviceToken | null> {
  checkNewPassword(newPassword, email, settings);
  await refuseBreached(needs, newPassword);
  const pseudonymize = await needs.pseudonyms();
  const key = emailKey(email);
  const passwordHash = await needs.passwords.hash(newPassword);
  const reset = await redeemReset(
    needs.database,
    token,
    {
      passwordHash,
      addressKey: pseudonymize('address', key),
      loginsKey: pseudonymize('loginPerAddress', key),
    },
    context,
  );
  if (!reset) throw deadLink('reset_password');
  if (reset.shares_devices) return null;
  const { password_epoch: passwordEpoch } = reset;
  return { userId: token.userId, deviceId: newDeviceId(), passwordEpoch, issuedAt: context.now };
}
