/** The arguments of commands about one account: its address, the stage, and what a command has beside them. */
import { v4 } from 'uuid';
import { emailKey } from '../../functions/domain/email-address.ts';
import type { CorrelationId } from '../../functions/domain/ids.ts';
import { readArguments } from '../../lib/command/read-arguments.ts';
import { operatorDatabase } from '../../lib/operator/database.ts';

/**
 * @param more options of texts, each of which is needed
 * @throws Error with the usage unless exactly one address is given and every option is right
 */
export async function readAddress<Name extends string = never>(usage: string, args: string[], ...more: Name[]) {
  const { positionals, values } = readArguments(`npm run users -- ${usage}`, {
    args,
    allowPositionals: true,
    options: Object.fromEntries(['stage', ...more].map((name) => [name, { type: 'string' as const }])),
  });
  const [email, ...others] = positionals;
  const texts = values as Partial<Record<string, string>>;
  if (email === undefined || others.length > 0 || more.some((name) => !texts[name]?.trim())) {
    throw new Error(`npm run users -- ${usage}`);
  }
  const { stage } = texts;
  return {
    stage,
    database: await operatorDatabase(stage),
    key: emailKey(email),
    cause: { correlationId: v4() as CorrelationId, now: new Date() },
    given: texts as Readonly<Record<Name, string>>,
  };
}
