/** Redeeming a reset link: what POST /v1/auth/reset-password and the page behind the link both do. */
import { dataApi } from '../aws/data-api.ts';
import { emailKey } from '../domain/email-address.ts';
import type { Origin } from '../domain/origin.ts';
import { hashPassword } from '../domain/password-hash.ts';
import { acceptNewPassword } from '../new-password.ts';
import { findResetAddress, redeemReset } from '../store/password-resets.ts';
import { deadLink, pseudonyms, readLink } from './read-link.ts';

const database = dataApi();

/**
 * The link is checked before the password, so that only its holder has hashing done; a password that is refused leaves
 * it as it was.
 * @throws Problem RESET_TOKEN_INVALID, RESET_TOKEN_EXPIRED, PASSWORD_REJECTED, RATE_LIMITED
 */
export async function resetPassword(encoded: string, newPassword: string, origin: Origin): Promise<void> {
  const token = await readLink(database, encoded, 'reset_password', origin);
  const email = await findResetAddress(database, token, origin.now);
  if (email === null) throw deadLink('reset_password');
  await acceptNewPassword(newPassword, email);

  const addressKey = (await pseudonyms())('address', emailKey(email));
  const passwordHash = await hashPassword(newPassword);
  if (!(await redeemReset(database, token, { passwordHash, addressKey }, origin))) throw deadLink('reset_password');
}
