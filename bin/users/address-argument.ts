/** What commands about one account are given: its address, and the stage. */
import { v4 } from 'uuid';
import { emailKey } from '../../functions/domain/email-address.ts';
import type { CorrelationId } from '../../functions/domain/ids.ts';
import { readArguments } from '../../lib/command/read-arguments.ts';
import { operatorDatabase } from '../../lib/operator/database.ts';

/** @throws Error with the usage when there is not one address, or an option is wrong */
export async function readAddress(usage: string, args: string[]) {
  const { positionals, values } = readArguments(`npm run users -- ${usage}`, {
    args,
    allowPositionals: true,
    options: { stage: { type: 'string' } },
  });
  const [email, ...more] = positionals;
  if (email === undefined || more.length > 0) throw new Error(`npm run users -- ${usage}`);
  const database = await operatorDatabase(values.stage);
  return { database, key: emailKey(email), cause: { correlationId: v4() as CorrelationId, now: new Date() } };
}
