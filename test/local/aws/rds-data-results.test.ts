import type { ExecuteStatementCommandInput, Field } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningDataApi, startDataApi } from './running-data-api.ts';

let api: RunningDataApi;
beforeAll(async () => {
  api = await startDataApi();
  await api.execute("create type mood as enum ('calm', 'very, \"very\" happy')");
  await api.execute(`create table people (
    id bigint generated always as identity primary key,
    name varchar(40) not null,
    price numeric(10, 2),
    tags text[]
  )`);
  await api.execute(`insert into people (name, price, tags) values ('Åsa', 9.50, '{a,b}')`);
});
afterAll(() => api.stop());

describe('a value', () => {
  it.each<[string, Field]>([
    ['1::int2', { longValue: 1 }],
    ['-2::int4', { longValue: -2 }],
    ['9007199254740991::int8', { longValue: 9007199254740991 }],
    ['1.5::float4', { doubleValue: 1.5 }],
    ['0.1::float8', { doubleValue: 0.1 }],
    ["'NaN'::float8", { doubleValue: Number.NaN }],
    ["'-Infinity'::float8", { doubleValue: Number.NEGATIVE_INFINITY }],
    ['12.340::numeric', { stringValue: '12.340' }],
    ['true', { booleanValue: true }],
    ['false', { booleanValue: false }],
    ["'text'::text", { stringValue: 'text' }],
    ["''::varchar", { stringValue: '' }],
    ["'x'::char(3)", { stringValue: 'x  ' }],
    ["'n'::name", { stringValue: 'n' }],
    ["'0190C4A8-7B1E-7C3A-9D2F-1A2B3C4D5E6F'::uuid", { stringValue: '0190c4a8-7b1e-7c3a-9d2f-1a2b3c4d5e6f' }],
    [`'{"b": 1, "a":[]}'::json`, { stringValue: '{"b": 1, "a":[]}' }],
    [`'{"b": 1, "a":[]}'::jsonb`, { stringValue: '{"a": [], "b": 1}' }],
    ["'10.0.0.1'::inet", { stringValue: '10.0.0.1' }],
    ["'10.0.0.0/8'::cidr", { stringValue: '10.0.0.0/8' }],
    ["'calm'::mood", { stringValue: 'calm' }],
    ["'2026-01-02'::date", { stringValue: '2026-01-02' }],
    ["'03:04:05.6'::time", { stringValue: '03:04:05.6' }],
    ["'2026-01-02 03:04:05'::timestamp", { stringValue: '2026-01-02 03:04:05' }],
    ["'2026-01-02T03:04:05.678901+02:00'::timestamptz", { stringValue: '2026-01-02 01:04:05.678901' }],
    [String.raw`'\x00ff10'::bytea`, { blobValue: Uint8Array.of(0, 255, 16) }],
    ["''::bytea", { blobValue: new Uint8Array() }],
    ['null::int', { isNull: true }],
  ])('%s is %j', async (sql, field) => {
    expect(await api.value(`select ${sql}`)).toEqual(field);
  });

  it.each([
    ["array['a', null, 'NULL', 'c,\"d\"', '{}', E'\\\\', '']", ['a', null, 'NULL', 'c,"d"', '{}', '\\', '']],
    ["'{}'::text[]", []],
    ['array[12.50, null]::numeric[]', ['12.50', null]],
    [`array['calm', 'very, "very" happy']::mood[]`, ['calm', 'very, "very" happy']],
    ["array['2026-01-02 03:04:05+01']::timestamptz[]", ['2026-01-02 02:04:05']],
    ["array['2026-01-02']::date[]", ['2026-01-02']],
    ["array['0190c4a8-7b1e-7c3a-9d2f-1a2b3c4d5e6f']::uuid[]", ['0190c4a8-7b1e-7c3a-9d2f-1a2b3c4d5e6f']],
    ["'[0:1]={a,b}'::text[]", ['a', 'b']],
  ])('%s is an array of text', async (sql, stringValues) => {
    expect(await api.value(`select ${sql}`)).toEqual({ arrayValue: { stringValues } });
  });

  it('is an array of numbers or booleans', async () => {
    const { records } = await api.execute(
      `select array[1, null, 3], array[0.5, 'Infinity']::float8[], array[true, null]`,
    );
    expect(records).toEqual([
      [
        { arrayValue: { longValues: [1, null, 3] } },
        { arrayValue: { doubleValues: [0.5, Number.POSITIVE_INFINITY] } },
        { arrayValue: { booleanValues: [true, null] } },
      ],
    ]);
  });

  it.each([
    ['array[array[1, 2]]', 'The result contains a multidimensional array.'],
    [`'a'::"char"`, 'The result contains the unsupported data type "CHAR".'],
    ["'1 day'::interval", 'The result contains the unsupported data type INTERVAL.'],
    ["'(1,2)'::point", 'The result contains the unsupported data type POINT.'],
    ['pg_advisory_xact_lock(1)', 'The result contains the unsupported data type VOID.'],
    ["array['a'::bytea]", 'The result contains the unsupported data type BYTEA[].'],
    ['row(1, 2)', 'The result contains the unsupported data type RECORD.'],
  ])('%s is not supported', async (sql, message) => {
    await expect(api.value(`select ${sql}`)).rejects.toMatchObject({ name: 'UnsupportedResultException', message });
  });

  it('is a number or text, as the options say', async () => {
    const { records } = await api.execute('select 12.50, 12::numeric, 7::int8', {
      resultSetOptions: { decimalReturnType: 'DOUBLE_OR_LONG', longReturnType: 'STRING' },
    });
    expect(records).toEqual([[{ doubleValue: 12.5 }, { longValue: 12 }, { stringValue: '7' }]]);
  });

  it('is the same whatever the settings of the database', async () => {
    await api.execute(`alter database ${api.database} set timezone = 'Asia/Tokyo'`);
    await api.execute(`alter database ${api.database} set datestyle = 'German'`);
    await api.execute(`alter role postgres in database ${api.database} set bytea_output = 'escape'`);
    // This statement marks its session, so the next one gets a new connection, with the new defaults.
    await api.execute("set application_name = 'marked'");
    const { records } = await api.execute(String.raw`select '2026-01-02 03:04:05Z'::timestamptz, '\xff'::bytea`);
    expect(records).toEqual([[{ stringValue: '2026-01-02 03:04:05' }, { blobValue: Uint8Array.of(255) }]]);
  });
});

describe('a statement', () => {
  it('returns only its rows unless the call asks for metadata', async () => {
    const answer = await api.execute('select name from people');
    expect(answer).toMatchObject({ records: [[{ stringValue: 'Åsa' }]], numberOfRecordsUpdated: 0 });
    expect(answer.columnMetadata).toBeUndefined();
  });

  it('describes its columns: type, size, table, nullability', async () => {
    const { columnMetadata } = await api.execute('select id, name, price as amount, tags, 1 + 1 as two from people', {
      includeResultMetadata: true,
    });
    expect(columnMetadata).toMatchObject([
      {
        name: 'id',
        label: 'id',
        typeName: 'int8',
        type: -5,
        nullable: 0,
        precision: 19,
        isSigned: true,
        isAutoIncrement: true,
      },
      {
        name: 'name',
        typeName: 'varchar',
        type: 12,
        nullable: 0,
        precision: 40,
        isCaseSensitive: true,
        tableName: 'people',
        schemaName: 'public',
      },
      {
        name: 'amount',
        label: 'amount',
        typeName: 'numeric',
        type: 2,
        nullable: 1,
        precision: 10,
        scale: 2,
        isAutoIncrement: false,
      },
      { name: 'tags', typeName: '_text', type: 2003, nullable: 1, arrayBaseColumnType: 0, isCurrency: false },
      { name: 'two', typeName: 'int4', type: 4, nullable: 2, tableName: '', schemaName: '' },
    ]);
  });

  it('describes a table that its transaction has just created', async () => {
    const transactionId = await api.begin();
    await api.execute("create type fresh as enum ('new')", { transactionId });
    await api.execute("create table made as select 'new'::fresh as is", { transactionId });
    const { records, columnMetadata } = await api.execute('select * from made', {
      transactionId,
      includeResultMetadata: true,
    });
    expect(records).toEqual([[{ stringValue: 'new' }]]);
    expect(columnMetadata).toMatchObject([{ typeName: 'fresh', tableName: 'made' }]);
  });

  it('counts the rows that it changed', async () => {
    const counts: (number | undefined)[] = [];
    for (const sql of [
      "insert into people (name) values ('x'), ('y')",
      "update people set price = 1 where name in ('x', 'y')",
      "delete from people where name = 'x'",
      "delete from people where name = 'nobody'",
      'create table counted (n int)',
    ]) {
      const { numberOfRecordsUpdated, generatedFields, records } = await api.execute(sql);
      expect({ generatedFields, records }, sql).toEqual({ generatedFields: [], records: undefined });
      counts.push(numberOfRecordsUpdated);
    }
    expect(counts).toEqual([2, 2, 1, 0, 0]);
  });

  it('returns the rows of its RETURNING', async () => {
    const { records } = await api.execute("delete from people where name = 'y' returning name, price");
    expect(records).toEqual([[{ stringValue: 'y' }, { stringValue: '1.00' }]]);
    expect((await api.execute("delete from people where name = 'y' returning name")).records).toEqual([]);
  });
});

describe('JSON', () => {
  const json = async (sql: string, more: Partial<ExecuteStatementCommandInput> = {}) =>
    (await api.execute(sql, { formatRecordsAs: 'JSON', includeResultMetadata: true, ...more })).formattedRecords;

  it('holds an object a row, keyed by label', async () => {
    const sql = `select 9007199254740993 as long, 0.5::float8 as double, 1.50 as decimal, true as yes, null as nothing,
      'a"b' as text, '\\xff'::bytea as blob, array[1, null] as list, '2026-01-02 03:04:05Z'::timestamptz as at`;
    expect(await json(sql)).toBe(
      '[{"long":9007199254740993,"double":0.5,"decimal":"1.50","yes":true,"nothing":null,"text":"a\\"b",' +
        '"blob":"/w==","list":[1,null],"at":"2026-01-02 03:04:05"}]',
    );
    expect(await json('select name from people where false')).toBe('[]');
  });

  it('follows the options', async () => {
    const resultSetOptions = { decimalReturnType: 'DOUBLE_OR_LONG', longReturnType: 'STRING' } as const;
    expect(await json('select 1.5 as decimal, 1 as long', { resultSetOptions })).toBe('[{"decimal":1.5,"long":"1"}]');
  });

  it('comes without records and metadata', async () => {
    const answer = await api.execute('select 1 as one', { formatRecordsAs: 'JSON', includeResultMetadata: true });
    expect(answer.records).toBeUndefined();
    expect(answer.columnMetadata).toBeUndefined();
  });

  it('is for SELECT: other statements answer as usual', async () => {
    const answer = await api.execute('delete from people where false returning id', { formatRecordsAs: 'JSON' });
    expect(answer).toMatchObject({ records: [] });
    expect(answer.formattedRecords).toBeUndefined();
  });

  it('refuses two columns of one name', async () => {
    await expect(json('select 1 as a, 2 as a')).rejects.toMatchObject({ name: 'BadRequestException' });
  });
});

describe('size', () => {
  it('of a row is at most 64 KB, counted in bytes', async () => {
    expect(await api.value("select length(repeat('x', 65536))")).toEqual({ longValue: 65536 });
    expect(await api.value("select repeat('x', 65536)")).toEqual({ stringValue: 'x'.repeat(65536) });
    for (const sql of [
      "select repeat('x', 65537)",
      "select repeat('å', 32768), 'x'",
      "select repeat('x', 40000), repeat('y', 40000)",
    ]) {
      await expect(api.execute(sql), sql).rejects.toMatchObject({
        name: 'UnsupportedResultException',
        message: expect.stringContaining('Packet for query is too large'),
      });
    }
  });

  it('of a result is at most 1 MiB', async () => {
    const rows = (count: number) => api.execute(`select repeat('x', 1024) from generate_series(1, ${count})`);
    expect((await rows(1024)).records).toHaveLength(1024);
    await expect(rows(1025)).rejects.toMatchObject({
      name: 'UnsupportedResultException',
      message: 'Database returned more than the allowed response size limit',
    });
  });
});
