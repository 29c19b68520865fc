/** The last of what a new password is held to, wherever one is set (S1 to S3). */
import { reject } from '../domain/password-policy.ts';
import type { Needs } from './needs.ts';

/**
 * Asked elsewhere, and so only once the request is admitted (S68); what is known here, `checkNewPassword`, comes before
 * that, as it costs nothing and nobody a try.
 * @throws Problem PASSWORD_REJECTED, its detail fit to be shown
 */
export async function refuseBreached({ isBreached }: Pick<Needs, 'isBreached'>, password: string): Promise<void> {
  if (await isBreached(password)) reject('breached', 'This password was part of a data breach. Choose another.');
}
