/** A new password before it is hashed: wherever one is set, all of S1 to S3. */

import { reject } from '../domain/password-policy.ts';
import { isBreached } from './breached-passwords.ts';

/**
 * The last of what a new password is held to, asked elsewhere and so only once the request is admitted (S68); what is
 * known here, `checkNewPassword`, comes before that, as it costs nothing and nobody a try.
 * @throws Problem PASSWORD_REJECTED, its detail fit to be shown
 */
export async function refuseBreached(password: string): Promise<void> {
  if (await isBreached(password)) reject('breached', 'This password was part of a data breach. Choose another.');
}
