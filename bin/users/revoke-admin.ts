/**
 * npm run users -- revoke-admin EMAIL: takes the platform role from an account, the last administrator's too. This
 * service refuses them at once; services that verify tokens alone, when those that were made before have ended.
 */
import { v4 } from 'uuid';
import { emailKey } from '../../functions/domain/email-address.ts';
import type { CorrelationId } from '../../functions/domain/ids.ts';
import { revokePlatformAdmin } from '../../functions/store/platform-roles.ts';
import { operatorDatabase } from '../../lib/operator-database.ts';
import { readArguments } from '../../lib/read-arguments.ts';

export const usage = 'revoke-admin EMAIL [--stage STAGE]';

export async function run(args: string[]): Promise<void> {
  const { positionals, values } = readArguments(`npm run users -- ${usage}`, {
    args,
    allowPositionals: true,
    options: { stage: { type: 'string' } },
  });
  const [email, ...more] = positionals;
  if (email === undefined || more.length > 0) throw new Error(`npm run users -- ${usage}`);
  const database = await operatorDatabase(values.stage);
  const cause = { correlationId: v4() as CorrelationId, now: new Date() };
  const revoked = await revokePlatformAdmin(database, emailKey(email), cause);
  if (!revoked) throw new Error('nobody has this address');
  if (revoked.outcome === 'not_held') throw new Error(`${revoked.user_id} is no platform administrator`);
  console.log(`${revoked.user_id} is no platform administrator any more; correlation ${cause.correlationId}`);
  if (!revoked.others) console.log('There is no platform administrator now.');
}
