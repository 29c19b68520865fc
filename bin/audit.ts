/**
 * npm run audit -- export [--since TIME] [--until TIME] [--stage STAGE]: writes the audit log as JSON lines to standard
 * output, in the order in which it was written. Without a stage, it reads the host that `npm start` runs.
 */
import { once } from 'node:events';
import { auditEntryOf, readAuditLog } from '../functions/store/audit-trail.ts';
import { operatorDatabase } from '../lib/operator/database.ts';
import '../lib/command/closed-pipe.ts';
import { readArguments } from '../lib/command/read-arguments.ts';
import { messageOf } from '../lib/operator/stage.ts';

const USAGE = 'npm run audit -- export [--since TIME] [--until TIME] [--stage STAGE]';
/** Rows per statement: about 400 KB of the Data API's 1 MiB. */
const BATCH = 1_000;
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
  if (positionals.length !== 1 || positionals[0] !== 'export') throw new Error(USAGE);
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

function time(option: string, text: string): Date {
  const value = new Date(text);
  // PostgreSQL takes neither the years before 1 nor JavaScript's years beyond 9999.
  if (!(value.getTime() >= FIRST && value.getTime() <= LAST))
    throw new Error(`--${option}: ${text} is not a time; give one like 2026-06-01T12:00:00Z`);
  return value;
}
