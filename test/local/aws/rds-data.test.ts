import {
  BatchExecuteStatementCommand,
  type Field,
  RollbackTransactionCommand,
  type SqlParameter,
  type TypeHint,
} from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named, type RunningDataApi, resourceArn, secretArn, startDataApi } from './running-data-api.ts';

let api: RunningDataApi;
beforeAll(async () => {
  api = await startDataApi();
  await api.execute('create table notes (id uuid primary key, body text, number int, at timestamp, data jsonb)');
});
afterAll(() => api.stop());

const ID = '0190c4a8-7b1e-7c3a-9d2f-1a2b3c4d5e6f';
const hinted = (name: string, stringValue: string, typeHint: TypeHint): SqlParameter => ({
  name,
  value: { stringValue },
  typeHint,
});

describe('a parameter', () => {
  it.each<[Field, string]>([
    [{ stringValue: 'x' }, 'text'],
    [{ longValue: 7 }, 'bigint'],
    [{ doubleValue: 1.5 }, 'double precision'],
    [{ booleanValue: false }, 'boolean'],
    [{ blobValue: Uint8Array.of(0, 255) }, 'bytea'],
  ])('has the type of its field: %j is %s', async (field, type) => {
    expect(await api.value('select pg_typeof(:x)::text', { x: field })).toEqual({ stringValue: type });
    expect(await api.value('select :x', { x: field })).toEqual(field);
  });

  it.each<[TypeHint, string, string]>([
    ['UUID', ID, 'uuid'],
    ['DATE', '2026-02-03', 'date'],
    ['TIME', '04:05:06.789', 'time without time zone'],
    ['TIMESTAMP', '2026-02-03 04:05:06.789', 'timestamp without time zone'],
    ['JSON', '{"a":[1]}', 'json'],
    ['DECIMAL', '-12.50', 'numeric'],
  ])('has the type that its hint %s names', async (hint, text, type) => {
    const { records } = await api.execute('select pg_typeof(:x)::text, :x', { parameters: [hinted('x', text, hint)] });
    expect(records).toEqual([[{ stringValue: type }, { stringValue: text }]]);
  });

  it.each<[TypeHint, string, string]>([
    ['UUID', 'no', 'Cannot parse UUID "no"'],
    ['DATE', '2026-02-03 00:00:00.000', 'Cannot parse date or time "2026-02-03 00:00:00.000"'],
    ['TIME', 'noon', 'Cannot parse date or time "noon"'],
    ['TIMESTAMP', '2026-02-03T04:05:06Z', 'Cannot parse date or time "2026-02-03T04:05:06Z"'],
    ['JSON', '{', 'Cannot parse JSON "{"'],
    ['DECIMAL', '1,5', 'Cannot parse decimal "1,5"'],
  ])('is refused when it does not fit its hint %s', async (hint, text, message) => {
    const refusal = api.execute('select :x', { parameters: [hinted('x', text, hint)] });
    await expect(refusal).rejects.toMatchObject({ name: 'BadRequestException', message });
  });

  it('needs a cast if PostgreSQL expects another type', async () => {
    await expect(api.value('insert into notes (id) values (:id)', { id: { stringValue: ID } })).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message:
        'ERROR: column "id" is of type uuid but expression is of type text; ' +
        'Hint: You will need to rewrite or cast the expression.; Position: 32; SQLState: 42804',
    });
  });

  it('is a null of the type that its place has', async () => {
    const isNull: Field = { isNull: true };
    await api.execute('insert into notes values (:id::uuid, :body, :number, :at, :data)', {
      parameters: named({ id: { stringValue: ID }, body: isNull, number: isNull, at: isNull, data: isNull }),
    });
    const { records } = await api.execute('select body, number, at, data from notes');
    expect(records).toEqual([[isNull, isNull, isNull, isNull]]);
    expect(await api.value('select :x::int', { x: isNull })).toEqual(isNull);
  });

  it('may stand in a statement more than once, or not at all', async () => {
    const parameters = named({ unused: { longValue: 1 }, a: { stringValue: 'a' }, b: { stringValue: 'b' } });
    const { records } = await api.execute('select :b || :a || :b', { parameters });
    expect(records).toEqual([[{ stringValue: 'bab' }]]);
  });

  it('that the call lacks is named in the error', async () => {
    await expect(api.value('select :there, :missing', { there: { longValue: 1 } })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Cannot find parameter: missing',
    });
  });

  it('cannot be an array', async () => {
    const list = { arrayValue: { longValues: [1, 2] } };
    await expect(api.value('select :list', { list })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Array parameters are not supported.',
    });
  });

  it('without a value is refused', async () => {
    await expect(api.execute('select :x', { parameters: [{ name: 'x' }] })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Parameter "x" has value with no field set',
    });
  });

  it.each([
    `'); drop table notes; --`,
    `\\'; select 1; --`,
    ':x',
    '$1',
    '$$ $x$ :x $x$ $$',
    '/* -- */',
    "E'\\''",
    '"quoted"',
    '🦊 ＇ ‛',
    'line\nbreak\ttab',
    '',
  ])('comes back as it was: %j', async (text) => {
    expect(await api.value('select :x', { x: { stringValue: text } })).toEqual({ stringValue: text });
  });

  it('cannot hold NUL, which PostgreSQL cannot store', async () => {
    const error = { message: 'ERROR: invalid byte sequence for encoding "UTF8": 0x00; SQLState: 22021' };
    await expect(api.value('select :x', { x: { stringValue: 'a\0b' } })).rejects.toMatchObject(error);
    await expect(api.execute("select 'a\0b'")).rejects.toMatchObject(error);
    expect(await api.value('select 1')).toEqual({ longValue: 1 });
  });
});

describe('a colon that does not begin a parameter', () => {
  it.each([
    [`select ':x'`, ':x'],
    [`select 'it''s :x'`, `it's :x`],
    [String.raw`select E'\' :x'`, `' :x`],
    [String.raw`select E'a''\' :x'`, `a'' :x`],
    [`select U&':x'`, ':x'],
    ['select $$:x$$', ':x'],
    ['select $tag$ :x $$ :x $tag$', ' :x $$ :x '],
    [`select 'a' -- :x`, 'a'],
    [`select /* :x /* :x */ :x */ 'a'`, 'a'],
    [`select ":x" from (select 'a' as ":x") t`, 'a'],
    [`select 'a'::text`, 'a'],
    [`select (array['a', 'b', 'c'])[2:2]::text`, '{b}'],
    [`select a$b from (select 'a' as a$b) t`, 'a'],
  ])('is left alone: %s', async (sql, expected) => {
    expect(await api.value(sql)).toEqual({ stringValue: expected });
  });

  it('is left alone beside one that does', async () => {
    const sql = `select :x::text || ':x--' || $$:x--$$ || "t".":x--" from (select '!' as ":x--") "t"`;
    expect(await api.value(sql, { x: { longValue: 1 } })).toEqual({ stringValue: '1:x--:x--!' });
  });

  it('may stand before a number, as in parameters of other clients', async () => {
    expect(await api.value('select :1 || :2', { 1: { stringValue: 'a' }, 2: { stringValue: 'b' } })).toEqual({
      stringValue: 'ab',
    });
  });
});

describe('BatchExecuteStatement', () => {
  const batch = (sql: string, parameterSets?: SqlParameter[][], transactionId?: string) =>
    api.client.send(new BatchExecuteStatementCommand({ resourceArn, secretArn, sql, parameterSets, transactionId }));
  const numbers = (...values: number[]) => values.map((longValue) => named({ n: { longValue } }));
  const count = () => api.value('select count(*) from batch');
  beforeAll(() => api.execute('create table batch (n int primary key)'));

  it('runs a statement for each set of parameters', async () => {
    const { updateResults } = await batch('insert into batch values (:n)', numbers(1, 2, 3));
    expect(updateResults).toEqual([{ generatedFields: [] }, { generatedFields: [] }, { generatedFields: [] }]);
    expect(await count()).toEqual({ longValue: 3 });
  });

  it('runs it once without parameters', async () => {
    expect((await batch('delete from batch where n = 3')).updateResults).toHaveLength(1);
    expect(await count()).toEqual({ longValue: 2 });
  });

  it('keeps nothing when one of them fails', async () => {
    await expect(batch('insert into batch values (:n)', numbers(10, 1))).rejects.toMatchObject({
      name: 'DatabaseErrorException',
    });
    expect(await count()).toEqual({ longValue: 2 });
  });

  it('is part of a transaction that is given', async () => {
    const transactionId = await api.begin();
    await batch('insert into batch values (:n)', numbers(20, 21), transactionId);
    const { records } = await api.execute('select count(*) from batch', { transactionId });
    expect(records).toEqual([[{ longValue: 4 }]]);
    expect(await count()).toEqual({ longValue: 2 });
    await api.client.send(new RollbackTransactionCommand({ resourceArn, secretArn, transactionId }));
  });
});

describe('a call leaves behind', () => {
  it('no setting, no temporary table, no open transaction, no lock', async () => {
    for (const sql of [
      "set application_name = 'left behind'",
      "select set_config('application_name', 'left behind', false)",
      'create temporary table left_behind (n int)',
      'begin',
      'select pg_advisory_lock(1)::text',
    ]) {
      await api.execute(sql);
      const sees = `select current_setting('application_name') = 'left behind' or to_regclass('left_behind') is not null`;
      expect(await api.value(sees), sql).toEqual({ booleanValue: false });
    }
    // A server process ends shortly after its connection.
    const remains = `
      select exists (
          select from pg_locks join pg_database on oid = database
          where locktype = 'advisory' and datname = current_database()
        )
        or exists (
          select from pg_stat_activity
          where datname = current_database() and state like 'idle in transaction%'
        )`;
    await expect.poll(() => api.value(remains)).toEqual({ booleanValue: false });
  });

  it('a plan for the next time, which survives changes of the schema', async () => {
    await api.execute('create table changing (a int)');
    await api.execute('insert into changing values (1)');
    const all = async () => (await api.execute('select * from changing', { includeResultMetadata: true })) as never;
    for (let time = 0; time < 3; time++) expect(await all()).toMatchObject({ records: [[{ longValue: 1 }]] });
    await api.execute("alter table changing add b text not null default 'new'");
    expect(await all()).toMatchObject({ records: [[{ longValue: 1 }, { stringValue: 'new' }]] });
    await api.execute('alter table changing alter a type text');
    expect(await all()).toMatchObject({
      records: [[{ stringValue: '1' }, { stringValue: 'new' }]],
      columnMetadata: [
        { typeName: 'text', nullable: 1 },
        { name: 'b', nullable: 0 },
      ],
    });
  });
});
