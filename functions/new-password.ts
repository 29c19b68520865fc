/** A new password before it is hashed: wherever one is set, all of S1 to S3. */
import { isBreached } from './breached-passwords.ts';
import { checkNewPassword, reject } from './domain/password-policy.ts';

/**
 * @param email as the account has it
 * @throws Problem PASSWORD_REJECTED, its detail fit to be shown
 */
export async function acceptNewPassword(password: string, email: string): Promise<void> {
  checkNewPassword(password, email);
  if (await isBreached(password)) reject('breached', 'This password was part of a data breach. Choose another.');
}
