/** The arguments of commands about one account: its address, and the stage. */
import { v4 } from 'uuid';
import { emailKey } from '../../functions/domain/email-address.ts';
import type { CorrelationId } from '../../functions/domain/ids.ts';
import { readArguments } from '../../lib/command/read-arguments.ts';
import { operatorDatabase } from '../../lib/operator/database.ts';

/** @throws Error with the usage unless exactly one address is given and every option is right */
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
