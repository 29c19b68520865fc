/**
 * npm run users -- grant-admin EMAIL: makes an account a platform administrator, the first one too. Its sessions have
 * the role from their next refresh on. The address has to be proved: before that anybody may have registered it (S56).
 */
import { v4 } from 'uuid';
import { emailKey } from '../../functions/domain/email-address.ts';
import type { CorrelationId } from '../../functions/domain/ids.ts';
import { grantPlatformAdmin } from '../../functions/store/platform-roles.ts';
import { operatorDatabase } from '../../lib/operator-database.ts';
import { readArguments } from '../../lib/read-arguments.ts';

export const usage = 'grant-admin EMAIL [--stage STAGE]';

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
  const granted = await grantPlatformAdmin(database, emailKey(email), cause);
  if (!granted) throw new Error('nobody has this address');
  if (granted.outcome === 'unproved') {
    throw new Error('nobody has proved this address yet: its owner has to open the verification link first');
  }
  const outcome = granted.outcome === 'granted' ? 'is a platform administrator now' : 'was one already';
  console.log(`${granted.user_id} ${outcome}; correlation ${cause.correlationId}`);
}
