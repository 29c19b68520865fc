/** The last of what a new password is held to, wherever one is set (S1 to S3). */
import { reject } from '../domain/password-policy.ts';
import type { Needs } from './needs.ts';

/**
 * Another service is asked, so only once the request is admitted (S68). `checkNewPassword` comes before that: it costs
 * nothing, and no try.
 * @throws Problem PASSWORD_REJECTED, its detail fit to be shown
 */
export async function refuseBreached({ isBreached }: Pick<Needs, 'isBreached'>, password: string): Promise<void> {
  if (await isBreached(password)) reject('breached', 'This password was part of a data breach. Choose another.');
}
