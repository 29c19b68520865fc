/**
 * SQL through the RDS Data API: named parameters in, rows as objects out. A call is a round trip of milliseconds, so a
 * store function makes only one.
 *
 * Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html
 */
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type Field,
  RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import type { Parameter, Parameters, TransactionalDatabase } from '../store/database.ts';
import { withoutComments } from '../store/sql-text.ts';
import { forJobs, type Patience, withRetries } from './database-retry.ts';

/**
 * Milliseconds. The service answers after 45 s at the latest.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-timeouts.html
 */
const LONGER_THAN_A_CALL = 60_000;

/** The database, and the role to connect as. */
export interface DatabaseTarget {
  readonly clusterArn: string;
  /** The ARN of the secret with the role's name and password. */
  readonly secretArn: string;
  readonly name: string;
}

interface Statement {
  /**
   * Without its comments. They hold apostrophes and colons, and how the service finds `:name` among them is documented
   * nowhere.
   */
  readonly sql: string;
  /** The names of its columns, once they are known: the metadata that holds them is most of an answer's bytes. */
  columns: readonly string[] | undefined;
}

export function dataApi(
  { clusterArn, secretArn, name: database }: DatabaseTarget,
  patience: Patience = forJobs,
): TransactionalDatabase {
  // We retry and wait ourselves: the SDK knows neither the request's deadline nor Aurora's pause.
  const client = new RDSDataClient({ maxAttempts: 1 });
  const target = { resourceArn: clusterArn, secretArn };
  /** Statements by their text in the store, which is the same at each call. */
  const statements = new Map<string, Statement>();

  const query =
    (transactionId?: string) =>
    async <Row>(sql: string, parameters: Parameters = {}): Promise<Row[]> => {
      const statement = statements.get(sql) ?? { sql: withoutComments(sql), columns: undefined };
      statements.set(sql, statement);
      const { columns } = statement;
      const command = new ExecuteStatementCommand({
        ...target,
        database,
        transactionId,
        sql: statement.sql,
        parameters: encode(parameters),
        includeResultMetadata: columns === undefined,
      });
      const { records = [], columnMetadata = [] } = await withRetries(
        (abortSignal) => client.send(command, { abortSignal }),
        transactionId === undefined,
        patience,
      );
      const names = columns ?? columnMetadata.map(({ name = '' }) => name);
      if (names.length > 0) statement.columns = names;
      return records.map((record) => decode(record, names) as Row);
    };

  return {
    query: query(),
    async start(sql) {
      const command = new ExecuteStatementCommand({ ...target, database, sql, continueAfterTimeout: true });
      const sent = client.send(command, { abortSignal: AbortSignal.timeout(LONGER_THAN_A_CALL) });
      return sent.then(
        () => null,
        (error: Error) => error,
      );
    },
    async transaction(work) {
      const { transactionId } = await withRetries(
        (abortSignal) => client.send(new BeginTransactionCommand({ ...target, database }), { abortSignal }),
        true,
        patience,
      );
      const end = (command: CommitTransactionCommand | RollbackTransactionCommand) =>
        withRetries((abortSignal) => client.send(command, { abortSignal }), false, patience);
      try {
        const result = await work({ query: query(transactionId) });
        await end(new CommitTransactionCommand({ ...target, transactionId }));
        return result;
      } catch (error) {
        await end(new RollbackTransactionCommand({ ...target, transactionId })).catch(() => {});
        throw error;
      }
    },
  };
}

function encode(parameters: Parameters): SqlParameter[] {
  return Object.entries(parameters).map(([name, value]) => ({ name, value: field(value) }));
}

function field(value: Parameter): Field {
  if (value === null || value === undefined) return { isNull: true };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { longValue: value } : { doubleValue: value };
  if (value instanceof Uint8Array) return { blobValue: value };
  if (value instanceof Date) return { stringValue: value.toISOString() };
  return { stringValue: JSON.stringify(value) };
}

function decode(record: readonly Field[], names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name, index) => [name, plain(record[index])]));
}

function plain(value: Field | undefined): unknown {
  if (!value || value.isNull) return null;
  if (value.arrayValue) return Object.values(value.arrayValue)[0] ?? [];
  return value.stringValue ?? value.longValue ?? value.booleanValue ?? value.doubleValue ?? value.blobValue;
}
