/**
 * npm run users -- revoke-admin EMAIL: takes the platform role from an account, even from the last administrator. This
 * service refuses the account at once; services that only verify tokens refuse it when its older tokens have expired.
 */
import { revokePlatformAdmin } from '../../functions/store/platform-roles.ts';
import { readAddress } from './address-argument.ts';

export const usage = 'revoke-admin EMAIL [--stage STAGE]';

export async function run(args: string[]): Promise<void> {
  const { database, key, cause } = await readAddress(usage, args);
  const revoked = await revokePlatformAdmin(database, key, cause);
  if (!revoked) throw new Error('no account has this address');
  if (revoked.outcome === 'not_held') throw new Error(`${revoked.user_id} is not a platform administrator`);
  console.log(`${revoked.user_id} is no longer a platform administrator; correlation ${cause.correlationId}`);
  if (!revoked.others) console.log('There is no platform administrator now.');
}
