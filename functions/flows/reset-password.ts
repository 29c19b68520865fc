/** Redeeming a reset link: what POST /v1/auth/reset-password and the page behind the link both do. */
import { dataApi } from '../aws/data-api.ts';
import { type DeviceToken, newDeviceId } from '../domain/device-token.ts';
import { emailKey } from '../domain/email-address.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import { passwordHasher } from '../domain/password-hash.ts';
import { checkNewPassword } from '../domain/password-policy.ts';
import { limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { settings } from '../runtime/settings.ts';
import { findResetAddress, redeemReset } from '../store/password-resets.ts';
import { refuseBreached } from './new-password.ts';
import { deadLink, pseudonyms, readLink } from './read-link.ts';

const database = dataApi();
const passwords = await passwordHasher(settings);

/** A reset link that works, and whose account it opens. */
export interface OpenReset {
  readonly token: OneTimeToken;
  readonly email: string;
}

/**
 * Counts the try: one link has a hash made, and the breach service asked, a few times a minute at most (S68).
 * @throws Problem RESET_TOKEN_INVALID, RESET_TOKEN_EXPIRED, RATE_LIMITED
 */
export async function openReset(encoded: string, context: RequestContext): Promise<OpenReset> {
  const token = await readLink(database, encoded, 'reset_password', context);
  const perLink = limitsAt(context.now, await pseudonyms(), settings).by('passwordPerLink', token.tokenId);
  const { email, exceeded } = await findResetAddress(database, token, perLink, context);
  if (exceeded) throw tooMany(exceeded);
  if (email === null) throw deadLink('reset_password');
  return { token, email };
}

/**
 * The link is checked before the password, so that only its holder has hashing done; a password that is refused leaves
 * it as it was.
 * @returns what the device is known by that did it, alone of all (S67)
 * @throws Problem RESET_TOKEN_INVALID, PASSWORD_REJECTED
 */
export async function resetPassword(
  { token, email }: OpenReset,
  newPassword: string,
  context: RequestContext,
): Promise<DeviceToken> {
  checkNewPassword(newPassword, email, settings);
  await refuseBreached(newPassword);
  const pseudonymize = await pseudonyms();
  const key = emailKey(email);
  const passwordHash = await passwords.hash(newPassword);
  const passwordEpoch = await redeemReset(
    database,
    token,
    {
      passwordHash,
      addressKey: pseudonymize('address', key),
      loginsKey: pseudonymize('loginPerAddress', key),
    },
    context,
  );
  if (passwordEpoch === null) throw deadLink('reset_password');
  return { userId: token.userId, deviceId: newDeviceId(), passwordEpoch, issuedAt: context.now };
}
