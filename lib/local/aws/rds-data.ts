/**
 * The RDS Data API over a PostgreSQL of this machine, with the limits and errors of Aurora's own: what works here works
 * there.
 *
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html
 */
import { createHash } from 'node:crypto';
import type {
  BatchExecuteStatementRequest,
  BeginTransactionRequest,
  CommitTransactionRequest,
  ExecuteStatementRequest,
} from '@aws-sdk/client-rds-data';
import pg from 'pg';
import type { Wire } from './protocol.ts';
import { asServiceError } from './rds-data-errors.ts';
import { badRequest, boundValue, type Prepared, prepare, typeOf, type WireParameter } from './rds-data-parameters.ts';
import {
  type Column,
  checkSize,
  columnMetadata,
  type ResultOptions,
  type Row,
  toField,
  toJson,
} from './rds-data-results.ts';
import { createTransactions } from './rds-data-transactions.ts';
import type { AwsService } from './service.ts';

export interface RdsDataOptions {
  readonly postgres: { readonly host: string; readonly port: number };
  /** The role that a secret opens the database as. */
  readonly resolveSecret: (secretArn: string) => Promise<{ readonly username: string; readonly password: string }>;
  /** Where a request names no database. */
  readonly databaseName?: string;
  readonly now?: () => Date;
  /** Connections of each role to each database. */
  readonly maxConnections?: number;
}

/** Milliseconds after which a statement is ended, unless `continueAfterTimeout` is set. */
const STATEMENT_TIMEOUT = 45_000;
const MAX_REQUEST = 4 * 1024 * 1024;
/** Statements whose parameters have been found before; the service has a few dozen. */
const MAX_PREPARED = 1_000;

type Execute = Wire<ExecuteStatementRequest>;
type Target = Pick<Execute, 'secretArn' | 'database' | 'resourceArn'>;

export function rdsDataService(options: RdsDataOptions): AwsService & { close(): Promise<void> } {
  const pools = new Map<string, pg.Pool>();
  const transactions = createTransactions(options.now ?? (() => new Date()));
  const prepared = new Map<string, Prepared>();

  async function poolOf({ secretArn, database = options.databaseName, resourceArn }: Target): Promise<pg.Pool> {
    if (!secretArn) throw badRequest('SecretArn is missing');
    if (!resourceArn?.startsWith('arn:')) throw badRequest('HttpEndpoint is not enabled for resource or it is no ARN');
    const { username, password } = await options.resolveSecret(secretArn).catch((error: unknown) => {
      throw badRequest(`The secret ${secretArn} cannot be used: ${(error as Error).message}`);
    });
    const key = JSON.stringify([username, password, database]);
    const known = pools.get(key);
    if (known) return known;
    const pool = new pg.Pool({
      ...options.postgres,
      user: username,
      password,
      ...(database ? { database } : {}),
      max: options.maxConnections ?? 20,
      idleTimeoutMillis: 30_000,
      statement_timeout: STATEMENT_TIMEOUT,
      options: '-c timezone=UTC',
    });
    // A connection that the server ends while nobody uses it is replaced at the next call.
    pool.on('error', () => {});
    pools.set(key, pool);
    return pool;
  }

  /** Looked at once for each statement and set of parameter types. */
  function prepareOnce(sql: string, parameters: readonly WireParameter[]): Prepared {
    const types = new Map(parameters.map((parameter) => [parameter.name ?? '', typeOf(parameter)]));
    const key = `${sql}\0${[...types].flat().join()}`;
    const known = prepared.get(key);
    if (known) return known;
    const fresh = prepare(sql, types);
    if (prepared.size >= MAX_PREPARED) prepared.clear();
    prepared.set(key, fresh);
    return fresh;
  }

  async function execute(client: pg.ClientBase | pg.Pool, sql: string, parameters: readonly WireParameter[]) {
    const { text, names } = prepareOnce(sql, parameters);
    const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    const values = names.map((name) => boundValue(byName.get(name) ?? {}));
    const query = {
      text,
      values,
      rowMode: 'array',
      types: { getTypeParser: () => (value: unknown) => value },
    } as const;
    try {
      return await client.query<(string | null)[]>({ ...query, name: digest(text) } as pg.QueryArrayConfig);
    } catch (error) {
      // "cached plan must not change result type": the schema has changed under a prepared statement.
      if ((error as { code?: string }).code !== '0A000' || !(client instanceof pg.Pool)) throw error;
      return await client.query<(string | null)[]>(query as pg.QueryArrayConfig);
    }
  }

  /** On the transaction's connection, or on any. */
  async function onConnection<T>(
    input: Target & { transactionId?: string | undefined; continueAfterTimeout?: boolean | undefined },
    work: (client: pg.ClientBase | pg.Pool) => Promise<T>,
  ): Promise<T> {
    try {
      if (input.transactionId) return await transactions.use(input.transactionId, work);
      const pool = await poolOf(input);
      if (!input.continueAfterTimeout) return await work(pool);
      return await withClient(pool, async (client) => {
        await client.query('set statement_timeout = 0');
        return work(client).finally(() => client.query(`set statement_timeout = ${STATEMENT_TIMEOUT}`));
      });
    } catch (error) {
      throw asServiceError(error);
    }
  }

  return {
    id: 'rds-data',
    operations: {
      async ExecuteStatement(input: Execute) {
        checkRequest(input);
        const { parameters = [], sql = '' } = input;
        const result = await onConnection(input, (client) => execute(client, sql, parameters));
        return answer(result, input);
      },

      async BatchExecuteStatement(input: Wire<BatchExecuteStatementRequest>) {
        checkRequest(input);
        const { sql = '', parameterSets = [] } = input;
        const all = async (client: pg.ClientBase | pg.Pool) => {
          for (const parameters of parameterSets.length > 0 ? parameterSets : [[]])
            await execute(client, sql, parameters);
        };
        await onConnection(input, async (client) => {
          if (!(client instanceof pg.Pool)) return all(client);
          return withClient(client, async (one) => {
            await one.query('begin');
            await all(one).then(
              () => one.query('commit'),
              async (error: unknown) => {
                await one.query('rollback');
                throw error;
              },
            );
          });
        });
        return { updateResults: parameterSets.map(() => ({ generatedFields: [] })) };
      },

      async BeginTransaction(input: Wire<BeginTransactionRequest>) {
        try {
          return { transactionId: await transactions.begin(await (await poolOf(input)).connect()) };
        } catch (error) {
          throw asServiceError(error);
        }
      },

      async CommitTransaction({ transactionId = '' }: Wire<CommitTransactionRequest>) {
        try {
          await transactions.end(transactionId, 'commit');
        } catch (error) {
          throw asServiceError(error);
        }
        return { transactionStatus: 'Transaction Committed' };
      },

      async RollbackTransaction({ transactionId = '' }: Wire<CommitTransactionRequest>) {
        try {
          await transactions.end(transactionId, 'rollback');
        } catch (error) {
          throw asServiceError(error);
        }
        return { transactionStatus: 'Rollback Complete' };
      },
    },
    async close() {
      await transactions.close();
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}

const digest = (text: string) => createHash('sha1').update(text).digest('base64url');

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // Whatever state a failure has left it in, nobody else meets.
    client.release(failure);
  }
}

/** The parsed input is about as long as it came. */
function checkRequest(input: { sql?: string | undefined }): void {
  if (!input.sql?.trim()) throw badRequest('SQL is empty');
  if (input.sql.length < 64 * 1024 && JSON.stringify(input).length <= MAX_REQUEST) return;
  if (JSON.stringify(input).length > MAX_REQUEST) throw badRequest('Request is larger than the allowed 4 MiB');
}

function answer({ fields, rows, command, rowCount }: pg.QueryArrayResult<(string | null)[]>, input: Execute) {
  const columns: readonly Column[] = fields;
  const readable = rows as readonly Row[];
  checkSize(readable);
  const updated = command === 'SELECT' ? 0 : (rowCount ?? 0);
  if (columns.length === 0) return { numberOfRecordsUpdated: updated, generatedFields: [] };
  // Documented to count for SELECT alone.
  if (input.formatRecordsAs === 'JSON' && command === 'SELECT') {
    return { formattedRecords: toJson(readable, columns), numberOfRecordsUpdated: 0 };
  }
  const options: ResultOptions = input.resultSetOptions ?? {};
  return {
    records: readable.map((row) => columns.map((column, index) => toField(row[index] ?? null, column, options))),
    ...(input.includeResultMetadata ? { columnMetadata: columnMetadata(columns) } : {}),
    numberOfRecordsUpdated: updated,
    generatedFields: [],
  };
}
