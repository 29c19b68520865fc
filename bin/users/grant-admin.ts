/**
 * npm run users -- grant-admin EMAIL: makes an account a platform administrator, the first one too. Its sessions have
 * the role from their next refresh on. The address has to be proved: before that anybody may have registered it (S56).
 */
import { grantPlatformAdmin } from '../../functions/store/platform-roles.ts';
import { readAddress } from './address-argument.ts';

export const usage = 'grant-admin EMAIL [--stage STAGE]';

export async function run(args: string[]): Promise<void> {
  const { database, key, cause } = await readAddress(usage, args);
  const granted = await grantPlatformAdmin(database, key, cause);
  if (!granted) throw new Error('nobody has this address');
  if (granted.outcome === 'unproved') {
    throw new Error('nobody has proved this address yet: its owner has to open the verification link first');
  }
  const outcome = granted.outcome === 'granted' ? 'is a platform administrator now' : 'was one already';
  console.log(`${granted.user_id} ${outcome}; correlation ${cause.correlationId}`);
}
