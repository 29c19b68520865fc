/**
 * npm run users -- import FILE.jsonl: imports accounts of another system, one JSON object a line
 * (functions/domain/imported-user.ts). Each line that it refuses is reported on stderr; the others are imported. Run
 * again, it goes on where it stopped: an address that has an account is left as it is. Ends with 1 when a line was
 * refused, or when the import could not go on; in the latter case the last line of counts is missing.
 */
import { v4 } from 'uuid';
import type * as z from 'zod/mini';
import type { CorrelationId } from '../../functions/domain/ids.ts';
import { type ImportedUser, importedUser } from '../../functions/domain/imported-user.ts';
import { Problem } from '../../functions/domain/problem.ts';
import { parseJson } from '../../functions/http/parse-json.ts';
import { type Importing, type ImportLine, importUsers } from '../../functions/store/user-import.ts';
import { readArguments } from '../../lib/command/read-arguments.ts';
import { operatorDatabase } from '../../lib/operator/database.ts';
import { operatorStage } from '../../lib/operator/stage.ts';
import { linesOf } from './lines.ts';

export const usage = 'import FILE.jsonl|- [--announce] [--stage STAGE]';

/** Rows per statement: about 300 KB of the Data API's 4 MiB. */
const BATCH = 500;
const PROGRESS_EVERY = 10 * BATCH;

export async function run(args: string[]): Promise<void> {
  const { file, announce, stage } = readOperation(args);
  const schema = importedUser(operatorStage(stage).service);
  const database = await operatorDatabase(stage);
  const importing: Importing = { announce, now: new Date(), correlationId: v4() as CorrelationId };
  const counts = { lines: 0, created: 0, existing: 0, refused: 0 };

  for await (const { size, users, faults } of batchesOf(file, schema)) {
    const outcome = users.length > 0 ? await importUsers(database, users, importing) : { created: 0, taken: [] };
    for (const line of outcome.taken) faults.push([line, 'user_id: another account has it']);
    for (const [line, fault] of faults.sort(([one], [other]) => one - other)) console.error(`line ${line}: ${fault}`);
    counts.lines += size;
    counts.created += outcome.created;
    counts.refused += faults.length;
    counts.existing = counts.lines - counts.created - counts.refused;
    if (counts.lines % PROGRESS_EVERY === 0) console.error(`… ${summary(counts)}`);
  }
  console.log(`${summary(counts)}; correlation ${importing.correlationId}`);
  if (counts.refused > 0) process.exitCode = 1;
}

const summary = ({ lines, created, existing, refused }: Record<'lines' | 'created' | 'existing' | 'refused', number>) =>
  `${lines} lines: ${created} created, ${existing} there already, ${refused} refused`;

interface Batch {
  /** The number of lines. */
  readonly size: number;
  readonly users: ImportLine[];
  readonly faults: [line: number, fault: string][];
}

/** Reads a batch when it is asked for, so that a file of any length needs the memory of one batch. */
async function* batchesOf(file: string, schema: ReturnType<typeof importedUser>): AsyncGenerator<Batch> {
  const empty = (): Batch => ({ size: 0, users: [], faults: [] });
  let batch = empty();
  for await (const { line, text, fault } of linesOf(file)) {
    const user = text === null ? (fault ?? '') : read(text, schema);
    if (typeof user === 'string') batch.faults.push([line, user]);
    else batch.users.push({ ...user, line });
    batch = { ...batch, size: batch.size + 1 };
    if (batch.size < BATCH) continue;
    yield batch;
    batch = empty();
  }
  if (batch.size > 0) yield batch;
}

/** @returns the account, or what is wrong with the line: all faults at once, and without any value of it */
function read(text: string, schema: ReturnType<typeof importedUser>): ImportedUser | string {
  try {
    const result = schema.safeParse(parseJson(text));
    if (result.success) return result.data;
    return result.error.issues.map(faultOf).join('; ');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.errors?.map(({ detail }) => detail).join('; ') ?? error.message;
  }
}

/** Names the unknown fields, on one line: the value of a misspelt field would be lost silently. */
function faultOf({ path, message, ...issue }: z.core.$ZodIssue): string {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  if (keys.length > 0) return keys.map((key) => `${shown([...path, key].join('.'))}: unknown field`).join('; ');
  return `${path.join('.') || 'line'}: ${message}`;
}

const shown = (name: string) => (/^[\w.-]{1,100}$/.test(name) ? name : JSON.stringify(name.slice(0, 100)));

function readOperation(args: string[]) {
  const { positionals, values } = readArguments(`npm run users -- ${usage}`, {
    args,
    allowPositionals: true,
    options: { announce: { type: 'boolean', default: false }, stage: { type: 'string' } },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new Error(`npm run users -- ${usage}`);
  return { file, ...values };
}
