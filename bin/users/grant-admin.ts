/**
 * npm run users -- grant-admin EMAIL: makes an account a platform administrator, also the very first one. Its sessions
 * have the role from their next refresh on. The address must be proved: before, anybody may have registered it (S56).
 */
import { grantPlatformAdmin } from '../../functions/store/platform-roles.ts';
import { readAddress } from './address-argument.ts';

export const usage = 'grant-admin EMAIL [--stage STAGE]';

export async function run(args: string[]): Promise<void> {
  const { database, key, cause } = await readAddress(usage, args);
  const granted = await grantPlatformAdmin(database, key, cause);
  if (!granted) throw new Error('no account has this address');
  if (granted.outcome === 'unproved') {
    throw new Error('this address is not proved yet: its owner must open the verification link first');
  }
  const outcome = granted.outcome === 'granted' ? 'is a platform administrator now' : 'was one already';
  console.log(`${granted.user_id} ${outcome}; correlation ${cause.correlationId}`);
}
