/** The local Data API for a test file: a PostgreSQL of its own, the endpoint, and the real SDK client against it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BeginTransactionCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type Field,
  RDSDataClient,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import pg from 'pg';
import { startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { type RdsDataOptions, rdsDataService } from '../../../lib/local/aws/rds-data.ts';
import { createDatabase, startPostgres } from '../../../lib/local/postgres.ts';

export const resourceArn = 'arn:aws:rds:eu-north-1:000000000000:cluster:test';
export const secretArn = 'arn:aws:secretsmanager:eu-north-1:000000000000:secret:superuser';

export type RunningDataApi = Awaited<ReturnType<typeof startDataApi>>;

/** @param options.resolveSecret for secrets other than {@link secretArn} */
export async function startDataApi(options: Partial<RdsDataOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'data-api-'));
  const postgres = await startPostgres({ directory, durable: false });
  await createDatabase(postgres, 'test');
  const { user: username, password } = postgres.superuser;
  const service = rdsDataService({
    postgres,
    databaseName: 'test',
    ...options,
    async resolveSecret(arn) {
      if (arn === secretArn) return { username, password };
      if (options.resolveSecret) return options.resolveSecret(arn);
      throw new Error("Secrets Manager can't find the specified secret.");
    },
  });
  const endpoint = await startEndpoint({ port: 0, services: [service] });
  const client = new RDSDataClient({
    endpoint: endpoint.url,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

  const execute = (sql: string, more: Partial<ExecuteStatementCommandInput> = {}) =>
    client.send(new ExecuteStatementCommand({ resourceArn, secretArn, sql, ...more }));

  return {
    postgres,
    client,
    endpoint,
    execute,
    /** The only field of the only row. */
    async value(sql: string, parameters: Record<string, Field> = {}): Promise<Field | undefined> {
      const { records = [] } = await execute(sql, { parameters: named(parameters) });
      return records[0]?.[0];
    },
    async begin(database?: string): Promise<string> {
      const { transactionId = '' } = await client.send(
        new BeginTransactionCommand({ resourceArn, secretArn, database }),
      );
      return transactionId;
    },
    /** Without the Data API. */
    async directly(sql: string): Promise<unknown[]> {
      const connection = new pg.Client({ ...postgres, ...postgres.superuser, database: 'test' });
      await connection.connect();
      try {
        return (await connection.query(sql)).rows;
      } finally {
        await connection.end();
      }
    },
    async stop() {
      client.destroy();
      await endpoint.close();
      await service.close();
      await postgres.stop();
      await rm(directory, { recursive: true });
    },
  };
}

export const named = (fields: Record<string, Field>): SqlParameter[] =>
  Object.entries(fields).map(([name, value]) => ({ name, value }));
