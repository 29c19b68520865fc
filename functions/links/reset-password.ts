/** Redeeming a reset link: what POST /v1/auth/reset-password and the page behind the link both do. */
import { dataApi } from '../aws/data-api.ts';
import { emailKey } from '../domain/email-address.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { Origin } from '../domain/origin.ts';
import { hashPassword } from '../domain/password-hash.ts';
import { acceptNewPassword } from '../new-password.ts';
import { findLink } from '../store/one-time-tokens.ts';
import { redeemReset } from '../store/password-resets.ts';
import { deadLink, pseudonyms, readLink } from './read-link.ts';

const database = dataApi();

/** A reset link that works, and whose account it opens. */
export interface OpenReset {
  readonly token: OneTimeToken;
  readonly email: string;
}

/** @throws Problem RESET_TOKEN_INVALID, RESET_TOKEN_EXPIRED, RATE_LIMITED */
export async function openReset(encoded: string, origin: Origin): Promise<OpenReset> {
  const token = await readLink(database, encoded, 'reset_password', origin);
  const link = await findLink(database, token, origin.now);
  if (!link?.live) throw deadLink('reset_password');
  return { token, email: link.email };
}

/**
 * The link is checked before the password, so that only its holder has hashing done; a password that is refused leaves
 * it as it was.
 * @throws Problem RESET_TOKEN_INVALID, PASSWORD_REJECTED
 */
export async function resetPassword({ token, email }: OpenReset, newPassword: string, origin: Origin): Promise<void> {
  await acceptNewPassword(newPassword, email);
  const addressKey = (await pseudonyms())('address', emailKey(email));
  const passwordHash = await hashPassword(newPassword);
  if (!(await redeemReset(database, token, { passwordHash, addressKey }, origin))) throw deadLink('reset_password');
}
