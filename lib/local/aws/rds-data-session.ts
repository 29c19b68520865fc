/** Runs statements on a connection: repeated ones are prepared, each has 45 seconds, none can end the process. */
import pg from 'pg';
import type { Lookup } from './rds-data-columns.ts';
import { isDatabaseError, statementError } from './rds-data-errors.ts';
import type { BoundParameter } from './rds-data-parameters.ts';
import type { TextRow } from './rds-data-results.ts';
import type { Statement } from './rds-data-statement.ts';
import { AwsError } from './service.ts';

export interface Result {
  /** `SELECT`, `INSERT`, …; null for a statement of comments only. */
  readonly command: string | null;
  readonly rowCount: number | null;
  /** Empty when the statement returns no rows at all. */
  readonly fields: readonly pg.FieldDef[];
  readonly rows: readonly TextRow[];
}

/** A connection while a call has it. */
export interface Session {
  readonly client: pg.PoolClient;
  /** What runs on it; after a time-out it may run on when the call has ended. */
  running: Promise<unknown>;
  /** Whether a statement may have left session state behind; the service wipes it after each call. */
  marked: boolean;
}

export interface Run {
  readonly statement: Statement;
  readonly parameters: readonly BoundParameter[];
  /** Milliseconds. */
  readonly timeout: number;
  readonly continueAfterTimeout: boolean;
  /** Whether it runs outside a transaction, so that it can be run again when its plan has become stale. */
  readonly alone: boolean;
}

/** Returns values in PostgreSQL's text format. */
const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

/**
 * Runs a statement and resolves with its rows.
 * @throws AwsError that the service would answer; after StatementTimeoutException the statement may still run
 */
export async function runStatement(session: Session, run: Run): Promise<Result> {
  const { client } = session;
  session.marked ||= run.statement.marksSession;
  const running = execute(client, run);
  session.running = running;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const dbConnectionId = processId(client);
      if (!run.continueAfterTimeout) cancel(client, dbConnectionId);
      reject(new AwsError('StatementTimeoutException', 'Request timed out', 400, { dbConnectionId }));
    }, run.timeout);
  });
  try {
    return await Promise.race([running, late]);
  } catch (error) {
    throw statementError(error);
  } finally {
    clearTimeout(timer);
  }
}

async function execute(client: pg.PoolClient, { statement, parameters, alone }: Run): Promise<Result> {
  const query = {
    text: statement.text,
    values: statement.order.map((index) => parameters[index]?.value),
    rowMode: 'array' as const,
    // The extended protocol takes one statement at a time; the simple one would run several.
    queryMode: 'extended' as const,
    types: asText,
  };
  const name = alone ? statement.name : undefined;
  try {
    return await client.query({ ...query, ...(name === undefined ? {} : { name }) });
  } catch (error) {
    const isStale = isDatabaseError(error) && /cached plan must not change result type/.test(error.message);
    if (!isStale || name === undefined) throw error;
    // The table has changed since the plan was made. The statement gets a new name the next time.
    statement.name = undefined;
    return await client.query(query);
  }
}

/** Queries the catalogue on the session's own connection. */
export const lookupOn =
  ({ client }: Session): Lookup =>
  async (sql, values) => {
    try {
      return (await client.query({ text: sql, values: [...values], rowMode: 'array', types: asText })).rows;
    } catch (error) {
      throw statementError(error);
    }
  };

/** Cancels over another connection, as PostgreSQL requires; if it cannot connect, the statement runs on. */
function cancel(client: pg.PoolClient, processId: number): void {
  const { host, port, user, password, database } = client as unknown as pg.ClientConfig;
  const other = new pg.Client({ host, port, user, password, database });
  other.on('error', () => {});
  other
    .connect()
    .then(() => other.query('select pg_cancel_backend($1)', [processId]))
    .catch(() => {})
    .finally(() => other.end().catch(() => {}));
}

const processId = (client: pg.PoolClient) => (client as unknown as { processID: number }).processID;
