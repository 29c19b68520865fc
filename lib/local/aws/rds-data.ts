/**
 * The local RDS Data API: SQL over HTTP against a real PostgreSQL, with the behaviour and limits that the service has
 * on Aurora PostgreSQL Serverless v2.
 *
 * Sources: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/,
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.differences.html, data-api.troubleshooting.html
 */
import type {
  BatchExecuteStatementCommandInput,
  BeginTransactionCommandInput,
  CommitTransactionCommandInput,
  ExecuteStatementCommandInput,
} from '@aws-sdk/client-rds-data';
import type { Wire } from './protocol.ts';
import { type Credentials, createDatabases, type Database } from './rds-data-databases.ts';
import { badRequest, validation } from './rds-data-errors.ts';
import { type BoundParameter, bindParameter, type WireParameter } from './rds-data-parameters.ts';
import { formatResult } from './rds-data-results.ts';
import { lookupOn, type Result, runStatement, type Session } from './rds-data-session.ts';
import { createStatementCache, type Statement } from './rds-data-statement.ts';
import { createTransactions } from './rds-data-transactions.ts';
import { AwsError, type AwsService } from './service.ts';
import { present } from './validation.ts';

export interface RdsDataOptions {
  readonly postgres: { readonly host: string; readonly port: number };
  /** The login that a secret contains. */
  readonly resolveSecret: (secretArn: string) => Promise<Credentials>;
  /** The database of calls that name none; `postgres` by default. */
  readonly databaseName?: string;
  /** The clock that transactions age by. */
  readonly now?: () => Date;
  /** For each role in each database. */
  readonly maxConnections?: number;
  /** Milliseconds that a statement may take. */
  readonly statementTimeout?: number;
}

export interface RdsDataService extends AwsService {
  readonly id: 'rds-data';
  /** Ends the connections, and open transactions with them. */
  close(): Promise<void>;
}

interface Target {
  readonly resourceArn: string | undefined;
  readonly secretArn: string | undefined;
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly transactionId?: string | undefined;
  readonly continueAfterTimeout?: boolean | undefined;
}

const MAX_SQL = 65_536;
const MAX_REQUEST = 4 * 1024 * 1024;
/** Commands that change no type and no column of a table. */
const KEEPS_SCHEMA = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'SHOW', 'EXPLAIN']);

/** Errors after which the connection is still good. */
const KEEPS_CONNECTION = new Set([
  'DatabaseErrorException',
  'UnsupportedResultException',
  'BadRequestException',
  'ValidationException',
]);

export function rdsDataService(options: RdsDataOptions): RdsDataService {
  const { postgres, resolveSecret, databaseName = 'postgres', maxConnections = 20 } = options;
  const { now = () => new Date(), statementTimeout = 45_000 } = options;
  const databases = createDatabases({ postgres, resolveSecret, maxConnections });
  const transactions = createTransactions(() => now().getTime());
  const statementOf = createStatementCache();

  function databaseOf(input: Target): Promise<Database> {
    return databases.find(present(input.secretArn, 'secretArn'), input.database ?? databaseName);
  }

  /** Works in the call's transaction, or without one on a connection of the pool. */
  async function withSession<T>(input: Target, work: (use: Use) => Promise<T>): Promise<T> {
    if (input.transactionId !== undefined) {
      const secretArn = present(input.secretArn, 'secretArn');
      const transaction = transactions.take(input.transactionId, secretArn, input.database);
      const use = { session: transaction, database: transaction.database, alone: false };
      return settle(use, work(use), input, (sound) =>
        sound ? transactions.giveBack(transaction) : transactions.abort(transaction),
      );
    }
    const database = await databaseOf(input);
    const session: Session = { client: await database.connect(), running: Promise.resolve(), marked: false };
    const use = { session, database, alone: true };
    // An error from PostgreSQL leaves the connection as good as it was.
    return settle(use, work(use), input, (sound, error) =>
      session.client.release(session.marked || !(sound || KEEPS_CONNECTION.has((error as AwsError).code))),
    );
  }

  async function run(use: Use, statement: Statement, parameters: readonly BoundParameter[], input: Target) {
    const { alone, session } = use;
    const continueAfterTimeout = input.continueAfterTimeout ?? false;
    const timeout = statementTimeout;
    const result = await runStatement(session, { statement, parameters, timeout, continueAfterTimeout, alone });
    if (!KEEPS_SCHEMA.has(result.command ?? '')) databases.forgetColumns();
    return result;
  }

  async function execute(input: Wire<ExecuteStatementCommandInput>) {
    const sql = checked(input, input.parameters ?? []);
    const parameters = (input.parameters ?? []).map(bindParameter);
    const statement = statementOf(sql, parameters);
    return withSession(input, async (use) => {
      const result = await run(use, statement, parameters, input);
      if (result.fields.length === 0) return { generatedFields: [], numberOfRecordsUpdated: updated(result) };
      const columns = await use.database.catalogue.describe(result.fields, lookupOn(use.session));
      return formatResult(result.rows, columns, result.command ?? '', input);
    });
  }

  /** Without a transaction of the call, it runs all parameter sets or none. */
  async function executeBatch(input: Wire<BatchExecuteStatementCommandInput>) {
    const sets = (input.parameterSets ?? [[]]) as WireParameter[][];
    const sql = checked(input, sets.flat());
    const bound = sets.map((set) => set.map(bindParameter));
    const statements = bound.map((parameters) => statementOf(sql, parameters));
    const own = input.transactionId === undefined;
    const secretArn = present(input.secretArn, 'secretArn');
    const transactionId = input.transactionId ?? (await transactions.begin(await databaseOf(input), secretArn));
    for (const [index, statement] of statements.entries()) {
      await withSession({ ...input, transactionId }, (use) => run(use, statement, bound[index] ?? [], input));
    }
    if (own) await transactions.finish(transactionId, secretArn, 'commit');
    return { updateResults: sets.map(() => ({ generatedFields: [] })) };
  }

  return {
    id: 'rds-data',
    operations: {
      ExecuteStatement: execute,
      BatchExecuteStatement: executeBatch,

      async BeginTransaction(input: Wire<BeginTransactionCommandInput>) {
        checkTarget(input);
        const database = await databaseOf(input);
        return { transactionId: await transactions.begin(database, present(input.secretArn, 'secretArn')) };
      },

      async CommitTransaction(input: Wire<CommitTransactionCommandInput>) {
        await transactions.finish(...transactionIn(input), 'commit');
        return { transactionStatus: 'Transaction Committed' };
      },

      async RollbackTransaction(input: Wire<CommitTransactionCommandInput>) {
        await transactions.finish(...transactionIn(input), 'rollback');
        return { transactionStatus: 'Rollback Complete' };
      },
    },
    async close() {
      transactions.close();
      await databases.close();
    },
  };
}

interface Use {
  readonly session: Session;
  readonly database: Database;
  /** Outside a transaction. */
  readonly alone: boolean;
}

/**
 * Returns the work's result, and gives its session back when nothing runs there any longer. This is after the answer
 * when a statement may go on after its time-out.
 */
async function settle<T>(
  { session }: Use,
  work: Promise<T>,
  { continueAfterTimeout }: Target,
  giveBack: (sound: boolean, error?: unknown) => void,
): Promise<T> {
  try {
    const result = await work;
    giveBack(true);
    return result;
  } catch (error) {
    const goesOn = continueAfterTimeout && error instanceof AwsError && error.code === 'StatementTimeoutException';
    session.running.then(
      () => giveBack(goesOn === true, error),
      () => giveBack(false, error),
    );
    throw error;
  }
}

const updated = ({ command, rowCount }: Result) =>
  command !== null && ['INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(command) ? (rowCount ?? 0) : 0;

function transactionIn(input: Wire<CommitTransactionCommandInput>): [id: string, secretArn: string] {
  checkTarget(input);
  return [present(input.transactionId, 'transactionId'), present(input.secretArn, 'secretArn')];
}

function checkTarget(input: Target): void {
  present(input.resourceArn, 'resourceArn');
  present(input.secretArn, 'secretArn');
  if (input.schema !== undefined) throw validation("The schema parameter isn't supported");
}

/** @returns the SQL of a request that is within the service's limits */
function checked(input: Target & { sql: string | undefined }, parameters: readonly WireParameter[]): string {
  checkTarget(input);
  const sql = present(input.sql, 'sql');
  if (sql.length > MAX_SQL) {
    throw validation(
      `1 validation error detected: Value at 'sql' failed to satisfy constraint: Member must have length less than or equal to ${MAX_SQL}`,
    );
  }
  if (sql.trim() === '') throw validation('The SQL statement is empty');
  // PostgreSQL's protocol ends strings with NUL, so it must not reach the driver. PostgreSQL refuses it in a parameter
  // with this same error.
  if (sql.includes('\0')) {
    throw new AwsError(
      'DatabaseErrorException',
      'ERROR: invalid byte sequence for encoding "UTF8": 0x00; SQLState: 22021',
    );
  }
  // Measured exactly only when it can matter: most requests have a few hundred bytes.
  const roughly = parameters.reduce((sum, { value }) => sum + 64 + textLength(value), sql.length);
  if (roughly > MAX_REQUEST / 8 && Buffer.byteLength(JSON.stringify(input)) > MAX_REQUEST) {
    throw badRequest('The request exceeds the limit of 4 MiB');
  }
  return sql;
}

const textLength = (value: WireParameter['value']) => (value?.stringValue ?? value?.blobValue ?? '').length;
