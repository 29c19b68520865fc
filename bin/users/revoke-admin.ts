/**
 * npm run users -- revoke-admin EMAIL: takes the platform role from an account, the last administrator's too. This
 * service refuses them at once; services that verify tokens alone, when those that were made before have ended.
 */
import { revokePlatformAdmin } from '../../functions/store/platform-roles.ts';
import { readAddress } from './address-argument.ts';

export const usage = 'revoke-admin EMAIL [--stage STAGE]';

export async function run(args: string[]): Promise<void> {
  const { database, key, cause } = await readAddress(usage, args);
  const revoked = await revokePlatformAdmin(database, key, cause);
  if (!revoked) throw new Error('nobody has this address');
  if (revoked.outcome === 'not_held') throw new Error(`${revoked.user_id} is no platform administrator`);
  console.log(`${revoked.user_id} is no platform administrator any more; correlation ${cause.correlationId}`);
  if (!revoked.others) console.log('There is no platform administrator now.');
}
