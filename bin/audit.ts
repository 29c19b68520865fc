/**
 * npm run audit -- export [--since TIME] [--until TIME] [--stage STAGE]: writes the audit log as JSON lines to standard
 * output, in the order in which it was written, as it is: with ids and addresses.
 * npm run audit -- pseudonym ID [--stage STAGE]: prints what stands for an id of a person, an organisation or a session in the
 * log that is exported to a bucket, and what would if it were a request's, one line for each version of the key.
 * Without a stage, both are for the host that `npm start` runs.
 */
import { once } from 'node:events';
import { auditEntryOf, readAuditLog } from '../functions/store/audit-trail.ts';
import { operatorDatabase } from '../lib/operator/database.ts';
import '../lib/command/closed-pipe.ts';
import { readArguments } from '../lib/command/read-arguments.ts';
import { knownPseudonyms } from '../lib/operator/audit-pseudonyms.ts';
import { secretOperator } from '../lib/operator/secrets.ts';
import { messageOf } from '../lib/operator/stage.ts';

const USAGE = 'npm run audit -- export [--since TIME] [--until TIME] | pseudonym ID, both [--stage STAGE]';
/** Rows per statement: about 400 KB of the Data API's 1 MiB. */
const BATCH = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const [FIRST, LAST] = [Date.parse('0001-01-01'), Date.parse('9999-12-31T23:59:59.999Z')];

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { positionals, values } = readArguments(USAGE, {
    allowPositionals: true,
    options: { since: { type: 'string' }, until: { type: 'string' }, stage: { type: 'string' } },
  });
  const [command, id, ...more] = positionals;
  if (command === 'pseudonym' && id !== undefined && more.length === 0) return printPseudonyms(id, values.stage);
  if (command !== 'export' || id !== undefined) throw new Error(USAGE);
  const since = time('since', values.since ?? '1970-01-01');
  const until = time('until', values.until ?? '9999-12-31');
  const database = await operatorDatabase(values.stage);

  let after: string | null = null;
  do {
    const rows = await readAuditLog(database, { since, until, after, most: BATCH });
    const lines = rows.map((row) => `${JSON.stringify(auditEntryOf(row))}\n`).join('');
    // Wait for a slow reader, so that a log of any length needs the memory of one batch.
    if (!process.stdout.write(lines)) await once(process.stdout, 'drain');
    after = rows.length < BATCH ? null : (rows.at(-1)?.entry_id ?? null);
  } while (after !== null);
}

async function printPseudonyms(id: string, stage: string | undefined): Promise<void> {
  if (!UUID.test(id)) throw new Error(`${id} is not an id`);
  for (const { of, ofRequest, keyName } of await knownPseudonyms(secretOperator(stage)))
    console.log(`${of(id)}, as a request ${ofRequest(id)}, by key ${keyName}`);
}

function time(option: string, text: string): Date {
  const value = new Date(text);
  // PostgreSQL takes neither the years before 1 nor JavaScript's years beyond 9999.
  if (!(value.getTime() >= FIRST && value.getTime() <= LAST))
    throw new Error(`--${option}: ${text} is not a time; give one like 2026-06-01T12:00:00Z`);
  return value;
}
