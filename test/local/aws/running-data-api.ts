/** The local Data API for a test file: a blank database, the endpoint, and the real SDK client against it. */
import { randomBytes } from 'node:crypto';
import {
  BeginTransactionCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type Field,
  RDSDataClient,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import pg from 'pg';
import { inject } from 'vitest';
import { startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { type RdsDataOptions, rdsDataService } from '../../../lib/local/aws/rds-data.ts';
import { createDatabase, type Postgres } from '../../../lib/local/postgres.ts';

export const resourceArn = 'arn:aws:rds:eu-north-1:000000000000:cluster:test';
export const secretArn = 'arn:aws:secretsmanager:eu-north-1:000000000000:secret:superuser';

export type RunningDataApi = Awaited<ReturnType<typeof startDataApi>>;

/**
 * @param options.resolveSecret for secrets other than {@link secretArn}
 * @param postgres the run's, unless the tests are about the server
 */
export async function startDataApi(
  options: Partial<RdsDataOptions> = {},
  postgres: Pick<Postgres, 'host' | 'port' | 'superuser'> = inject('sharedPostgres').server,
) {
  const database = `test_${randomBytes(6).toString('hex')}`;
  await createDatabase(postgres, database);
  const { user: username, password } = postgres.superuser;
  const service = rdsDataService({
    postgres,
    databaseName: database,
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
    database,
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
      const connection = new pg.Client({ ...postgres, ...postgres.superuser, database });
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
    },
  };
}

export const named = (fields: Record<string, Field>): SqlParameter[] =>
  Object.entries(fields).map(([name, value]) => ({ name, value }));
