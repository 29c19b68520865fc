import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecuteStatementCommand } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Postgres, startPostgres } from '../../../lib/local/postgres.ts';
import { named, type RunningDataApi, resourceArn, startDataApi } from './running-data-api.ts';

const readerArn = 'arn:aws:secretsmanager:eu-north-1:000000000000:secret:reader';
const wrongArn = 'arn:aws:secretsmanager:eu-north-1:000000000000:secret:wrong';
const emptyArn = 'arn:aws:secretsmanager:eu-north-1:000000000000:secret:empty';

let directory: string;
let postgres: Postgres;
let api: RunningDataApi;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'data-api-'));
  // A server of its own, since connections of all are ended here, and then the server.
  postgres = await startPostgres({ directory, durable: false });
  const resolveSecret = async (arn: string) => {
    if (arn === readerArn) return { username: 'reader', password: 'reads' };
    if (arn === wrongArn) return { username: 'reader', password: 'wrong' };
    if (arn === emptyArn) return {} as never;
    throw new Error("Secrets Manager can't find the specified secret.");
  };
  api = await startDataApi({ resolveSecret }, postgres);
  await api.execute('create table accounts (name text primary key, age int check (age > 0))');
  await api.execute("insert into accounts values ('a', 1)");
  await api.execute("create role reader login password 'reads'");
  await api.execute('grant select on accounts to reader');
});
afterAll(async () => {
  await api.stop();
  await postgres.stop();
  await rm(directory, { recursive: true });
});

describe("PostgreSQL's errors", () => {
  it.each([
    [
      "insert into accounts values ('a', 1)",
      'ERROR: duplicate key value violates unique constraint "accounts_pkey"; SQLState: 23505',
    ],
    [
      "insert into accounts values ('b', 0)",
      'ERROR: new row for relation "accounts" violates check constraint "accounts_age_check"; SQLState: 23514',
    ],
    ['select * from nothing', 'ERROR: relation "nothing" does not exist; Position: 15; SQLState: 42P01'],
    ['selec 1', 'ERROR: syntax error at or near "selec"; Position: 1; SQLState: 42601'],
    ['select 1/0', 'ERROR: division by zero; SQLState: 22012'],
    ["select 'never ends", 'ERROR: unterminated quoted string at or near "\'never ends"; Position: 8; SQLState: 42601'],
    ['select $1', 'ERROR: bind message supplies 0 parameters, but prepared statement "" requires 1; SQLState: 08P01'],
  ])('are returned with hint, position and SQLState, without the values of rows: %s', async (sql, message) => {
    await expect(api.execute(sql)).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('a request', () => {
  it.each(['select 1; select 2', 'select 1; drop table accounts', "insert into accounts values ('c', 3);;select 1"])(
    'has one statement: %s',
    async (sql) => {
      await expect(api.execute(sql)).rejects.toMatchObject({
        name: 'ValidationException',
        message: "Multistatements aren't supported.",
      });
      expect(await api.value('select count(*) from accounts')).toEqual({ longValue: 1 });
    },
  );

  it('may end its statement with a semicolon', async () => {
    expect(await api.value('select 1; -- ;')).toEqual({ longValue: 1 });
  });

  it.each(['', '  \n'])('needs a statement', async (sql) => {
    await expect(api.execute(sql)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it.each(['select :x::text -- one', "select :x::text -- it's :y", 'select /* one /* two */ */ :x::text'])(
    'has no comment beside parameters, since AWS does not say how it reads one there: %s',
    async (sql) => {
      await expect(api.value(sql, { x: { longValue: 1 } })).rejects.toMatchObject({
        name: 'ValidationException',
        message: 'This endpoint takes no comment in a statement with parameters',
      });
    },
  );

  it('names its cluster and secret', async () => {
    for (const missing of ['resourceArn', 'secretArn', 'sql']) {
      const input = { resourceArn, secretArn: readerArn, sql: 'select 1', [missing]: undefined };
      await expect(api.client.send(new ExecuteStatementCommand(input)), missing).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(`'${missing}'`),
      });
    }
  });

  it('names no schema', async () => {
    await expect(api.execute('select 1', { schema: 'public' })).rejects.toMatchObject({
      name: 'ValidationException',
      message: "The schema parameter isn't supported",
    });
  });

  it('has at most 4 MiB, and SQL of at most 65,536 characters', async () => {
    const parameters = (bytes: number) => named({ text: { stringValue: 'x'.repeat(bytes) } });
    const length = (bytes: number) => api.execute('select length(:text)', { parameters: parameters(bytes) });
    expect((await length(4_000_000)).records).toEqual([[{ longValue: 4_000_000 }]]);
    await expect(length(4 * 1024 * 1024)).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(api.execute(`select '${'x'.repeat(65_536)}'`)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('a secret', () => {
  it("opens the database as its own role, with that role's rights", async () => {
    expect((await api.execute('select current_user::text', { secretArn: readerArn })).records).toEqual([
      [{ stringValue: 'reader' }],
    ]);
    await expect(api.execute('delete from accounts', { secretArn: readerArn })).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message: 'ERROR: permission denied for table accounts; SQLState: 42501',
    });
  });

  it.each([
    [
      'arn:unknown',
      'SecretsErrorException',
      "Error fetching secret arn:unknown : Secrets Manager can't find the specified secret.",
    ],
    [emptyArn, 'InvalidSecretException', expect.stringContaining(emptyArn)],
    [wrongArn, 'DatabaseErrorException', 'FATAL: password authentication failed for user "reader"; SQLState: 28P01'],
  ])('that opens nothing is reported: %s', async (arn, name, message) => {
    await expect(api.execute('select 1', { secretArn: arn })).rejects.toMatchObject({ name, message });
  });
});

describe('a database', () => {
  it('is the one that is named', async () => {
    await createDatabase(postgres, 'second');
    await api.execute('create table only_here (n int)', { database: 'second' });
    const exists = "select to_regclass('only_here') is not null";
    expect((await api.execute(exists, { database: 'second' })).records).toEqual([[{ booleanValue: true }]]);
    expect((await api.execute(exists)).records).toEqual([[{ booleanValue: false }]]);
  });

  it('that does not exist is reported', async () => {
    await expect(api.execute('select 1', { database: 'nowhere' })).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message: 'FATAL: database "nowhere" does not exist; SQLState: 3D000',
    });
  });

  it('that ends a connection during a statement leaves its outcome unknown, and serves the next one', async () => {
    const ended = api.execute('select pg_terminate_backend(pg_backend_pid())');
    await expect(ended).rejects.toMatchObject({ name: 'InternalServerErrorException' });
    expect(await api.value('select 1')).toEqual({ longValue: 1 });
  });

  it('that ends idle connections has no effect on callers', async () => {
    await Promise.all([api.value('select 1'), api.value('select 2'), api.value('select 3')]);
    await api.directly(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rds-data-api'",
    );
    await expect.poll(() => api.value('select 1').catch(() => undefined)).toEqual({ longValue: 1 });
  });
});

describe('a statement that takes too long', () => {
  // A busy machine may need longer than this for any statement: the other tests wait.
  let hasty: RunningDataApi;
  beforeAll(async () => {
    hasty = await startDataApi({ statementTimeout: 300 }, postgres);
    await hasty.directly('create table accounts (name text primary key, age int)');
  });
  afterAll(() => hasty.stop());

  const tooLong = {
    name: 'StatementTimeoutException',
    message: 'Request timed out',
    dbConnectionId: expect.any(Number),
    $metadata: { httpStatusCode: 400 },
  };
  const slowly = (name: string) => `insert into accounts select '${name}', 1 from pg_sleep(1)`;
  const running = () =>
    hasty.directly("select from pg_stat_activity where query like 'insert%pg_sleep%' and state = 'active'");
  const has = async (name: string) =>
    (await hasty.directly(`select from accounts where name = '${name}'`)).length === 1;

  it('is cancelled', async () => {
    await expect(hasty.execute(slowly('cancelled'))).rejects.toMatchObject(tooLong);
    await expect.poll(running).toHaveLength(0);
    expect(await has('cancelled')).toBe(false);
  });

  it('continues if the call asks for it', async () => {
    await expect(hasty.execute(slowly('goes on'), { continueAfterTimeout: true })).rejects.toMatchObject(tooLong);
    expect(await running()).toHaveLength(1);
    await expect.poll(() => has('goes on')).toBe(true);
  });

  it('ends its transaction when it is cancelled, and keeps it if it continues', async () => {
    const cancelled = await hasty.begin();
    await expect(hasty.execute(slowly('x'), { transactionId: cancelled })).rejects.toMatchObject(tooLong);
    await expect
      .poll(() => hasty.execute('select 1', { transactionId: cancelled }).catch(({ name }) => name))
      .toBe('TransactionNotFoundException');

    const kept = await hasty.begin();
    const more = { transactionId: kept, continueAfterTimeout: true };
    await expect(hasty.execute(slowly('kept'), more)).rejects.toMatchObject(tooLong);
    await expect(hasty.execute('select 1', more)).rejects.toMatchObject({
      message: 'Transaction is still running a query',
    });
    const counted = "select count(*) from accounts where name = 'kept'";
    const rows = () =>
      hasty.execute(counted, more).then(
        ({ records }) => records,
        () => undefined,
      );
    await expect.poll(rows).toEqual([[{ longValue: 1 }]]);
  });
});

describe('without PostgreSQL', () => {
  it('the writer is unavailable, and nothing else breaks', async () => {
    expect(await api.value('select 1')).toEqual({ longValue: 1 });
    await postgres.stop();
    await expect
      .poll(() => api.execute('select 1').catch(({ name, $metadata }) => [name, $metadata.httpStatusCode]))
      .toEqual(['DatabaseUnavailableException', 504]);
  });
});
