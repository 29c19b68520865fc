/**
 * npm run users -- grant-admin EMAIL: makes an account a platform administrator, the first one too. Its sessions have
 * the role from their next refresh on.
 */
import { parseArgs } from 'node:util';
import { v4 } from 'uuid';
import { emailKey } from '../../functions/domain/email-address.ts';
import type { CorrelationId } from '../../functions/domain/ids.ts';
import { grantPlatformAdmin } from '../../functions/store/platform-roles.ts';
import { operatorDatabase } from '../../lib/operator-database.ts';

export const usage = 'grant-admin EMAIL [--stage STAGE]';

export async function run(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { stage: { type: 'string' } } });
  const [email, ...more] = positionals;
  if (email === undefined || more.length > 0) throw new Error(`npm run users -- ${usage}`);
  const database = await operatorDatabase(values.stage);
  const cause = { correlationId: v4() as CorrelationId, now: new Date() };
  const granted = await grantPlatformAdmin(database, emailKey(email), cause);
  if (!granted) throw new Error('nobody has this address');
  const outcome = granted.changed ? 'is a platform administrator now' : 'was a platform administrator already';
  console.log(`${granted.user_id} ${outcome}; correlation ${cause.correlationId}`);
}
