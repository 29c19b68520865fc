/**
 * Compares a database, the events, the export and a deletion with the declaration of personal data (S72). Each fault is
 * returned as a sentence that names the column or field and says what to do.
 */
import { tables as declared, type Table } from '../../functions/store/personal-data.ts';
import type { Person } from './people.ts';
import type { Service } from './service.ts';

const DECLARATION = 'functions/store/personal-data.ts';

type Tables = Readonly<Record<string, Table>>;
// biome-ignore lint/suspicious/noExplicitAny: a row of any table.
type Row = Record<string, any>;

/** Columns that the database has and the declaration lacks, and the reverse. */
export async function undeclaredColumns(service: Service, tables: Tables = declared): Promise<string[]> {
  const columns = await service.sql(`
    select table_name, column_name
    from information_schema.columns
    where
      table_schema = 'public'
      and not (select relispartition from pg_class where oid = table_name::regclass)
    order by table_name, ordinal_position`);
  const found = columns.map(({ table_name, column_name }) => `${table_name}.${column_name}`);
  const named = Object.entries(tables).flatMap(([table, { personal, other }]) =>
    [...Object.keys(personal), ...other].map((column) => `${table}.${column}`),
  );
  return [
    ...found
      .filter((column) => !named.includes(column))
      .map((column) => `${column} is not declared: name it in ${DECLARATION}, as personal or among the others`),
    ...named
      .filter((column) => !found.includes(column))
      .map((column) => `${column} is declared, and the database has no such column: remove it from ${DECLARATION}`),
    ...found
      .filter((column, index) => named.indexOf(column) !== named.lastIndexOf(column) && found.indexOf(column) === index)
      .map((column) => `${column} is declared twice: decide in ${DECLARATION}`),
  ];
}

/** A person's rows by table, as they are now. */
export type Held = Readonly<Record<string, readonly Row[]>>;

/** The person's rows, after empty personal columns are filled: columns that no route writes today are checked, too. */
export async function fillAndRead(service: Service, { userId }: Person, tables: Tables = declared): Promise<Held> {
  const held: Record<string, Row[]> = {};
  for (const [table, { of, personal }] of Object.entries(tables)) {
    if (of === undefined) continue;
    const whose = of.replaceAll(':user_id', '$1');
    for (const column of Object.keys(personal)) await fill(service, { table, column, whose, userId });
    const rows = await service.sql(`select to_jsonb(t) as row from ${table} t where ${whose}`, [userId]);
    held[table] = rows.map(({ row }) => row);
  }
  return held;
}

/** Personal columns without a value: they cannot be checked until the test gives the person one. */
export const unfilled = (held: Held, tables: Tables = declared): string[] =>
  entriesOf(tables)
    .filter(({ table, column }) => tables[table]?.of && !held[table]?.some((row) => !isEmpty(row[column])))
    .map(({ table, column }) => `${table}.${column} is empty: give the person of personal-data.test.ts a value`);

const isEmpty = (value: unknown) => value === null || ['', '[]', '{}'].includes(textOf(value));
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

interface ColumnOf {
  readonly table: string;
  readonly column: string;
  /** SQL, with the person's id as $1. */
  readonly whose: string;
  readonly userId: string;
}

/** Values by type, for columns without a value in any row. A value that a constraint forbids is not written. */
async function fill(service: Service, { table, column, whose, userId }: ColumnOf): Promise<void> {
  const [{ type } = { type: '' }] = await service.sql(
    `select case data_type when 'ARRAY' then udt_name else data_type end as type from information_schema.columns
    where table_schema = 'public' and table_name = $1 and column_name = $2`,
    [table, column],
  );
  const text = `'held in ${table}.${column} ' || left(md5(random()::text), 8)`;
  const values: Readonly<Record<string, string>> = {
    text,
    'timestamp with time zone': `now() - random() * interval '30 days'`,
    uuid: 'uuidv7()',
    jsonb: `jsonb_build_object('held', ${text})`,
    _text: `array[${text}]`,
    _bytea: `array[convert_to(${text}, 'UTF8')]`,
    bytea: `convert_to(${text}, 'UTF8')`,
    boolean: 'true',
    integer: '(random() * 1000000)::integer + 1',
    bigint: '(random() * 1000000)::integer + 1',
    date: 'current_date - 10000',
    inet: `'2001:db8::1'`,
  };
  await service
    .sql(
      `update ${table} set ${column} = ${values[type] ?? 'null'}
      where ${whose}
        and not exists (select from ${table} where ${whose} and coalesce(${column}::text, '') not in ('', '{}'))`,
      [userId],
    )
    .catch((error) => {
      if (error.code !== CHECK_VIOLATION) throw error;
    });
}

const CHECK_VIOLATION = '23514';

/** Personal columns whose values are not in the export at the declared place. */
export function leftOut(held: Held, exported: Row, tables: Tables = declared): string[] {
  return entriesOf(tables).flatMap(({ table, column, how }) => {
    if (!('exported' in how)) return [];
    const given = at(exported, how.exported.split('.'));
    const missing = (held[table] ?? []).filter(
      (row) => !isEmpty(row[column]) && !given.some((value) => isSame(row[column], value)),
    );
    return missing.length === 0
      ? []
      : [
          `${table}.${column} is personal, and the export has no ${how.exported} with its value: add it to ` +
            'functions/store/account-export.ts and to ExportResponse in functions/contracts/http/administration.ts, ' +
            `or say in ${DECLARATION} why it is withheld`,
        ];
  });
}

/** The values at a path, through lists. */
function at(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => at(item, [name ?? '', ...rest]));
  if (name === undefined) return [value];
  const member = (value as Row | null | undefined)?.[name];
  return rest.length === 0 ? [member] : at(member, rest);
}

/** The value as the export has it: a time to the millisecond, or whether there is one. */
function isSame(column: unknown, exported: unknown): boolean {
  if (exported === true) return column !== false;
  if (typeof column === 'string' && typeof exported === 'string' && /^\d{4}-\d\d-\d\dT/.test(column)) {
    return Math.trunc(Date.parse(column)) === Date.parse(exported);
  }
  return JSON.stringify(column) === JSON.stringify(exported);
}

/** Rows and values that a deletion left behind, against the declaration. */
export async function leftBehind(service: Service, held: Held, tables: Tables = declared): Promise<string[]> {
  const faults: string[] = [];
  const everything = new Map<string, Row[]>();
  for (const { name } of await service.sql(`
    select oid::regclass::text as name
    from pg_class
    where
      relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p')
      and not relispartition
      -- Names of files, which may be words that also stand in somebody's rows.
      and relname <> 'schema_migrations'`)) {
    everything.set(
      name,
      (await service.sql(`select to_jsonb(t) as row from ${name} t`)).map(({ row }) => row),
    );
  }
  for (const [table, rows] of Object.entries(held)) {
    const key = await primaryKey(service, table);
    const idOf = (row: Row) => key.map((column) => row[column]).join();
    for (const row of rows) {
      const left = everything.get(table)?.find((other) => idOf(other) === idOf(row));
      if (!left) continue;
      if (tables[table]?.deletion === 'rows go') faults.push(`${table} keeps the account's rows: ${deleteIt(table)}`);
      for (const [column, { kept }] of Object.entries(tables[table]?.personal ?? {})) {
        if (kept !== undefined || isEmpty(row[column])) continue;
        if (JSON.stringify(left[column]) !== JSON.stringify(row[column])) continue;
        faults.push(`${table}.${column} survives the account: ${deleteIt(`${table}.${column}`)}`);
      }
    }
  }
  const cells = [...everything].flatMap(([other, rows]) =>
    rows.flatMap((row) => Object.entries(row).map(([name, value]) => [`${other}.${name}`, folded(value)] as const)),
  );
  for (const { table, column, value } of ownWords(held, tables, everything)) {
    const own = folded(value);
    for (const [place, text] of cells) {
      if (text.includes(own)) faults.push(`${table}.${column} survives the account, in ${place}: ${deleteIt(place)}`);
    }
  }
  return [...new Set(faults)];
}

const deleteIt = (what: string) =>
  `erase ${what} in functions/store/account-deletion.ts and unproved-accounts.ts, or say in ${DECLARATION} why it is kept`;

const folded = (value: unknown) => textOf(value).toLowerCase();

async function primaryKey(service: Service, table: string): Promise<string[]> {
  const columns = await service.sql(
    `select a.attname as name
    from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = $1::regclass and i.indisprimary`,
    [table],
  );
  return columns.map(({ name }) => name);
}

/** Texts that only this person has in the column: wherever they are found, they are the person's. */
function ownWords(held: Held, tables: Tables, left: ReadonlyMap<string, readonly Row[]>) {
  return entriesOf(tables).flatMap(({ table, column, how }) => {
    if (how.kept !== undefined) return [];
    const others = new Set(left.get(table)?.map((row) => textOf(row[column])));
    const isOwn = (row: Row) => tables[table]?.deletion === 'rows go' && !others.has(textOf(row[column]));
    return (held[table] ?? [])
      .filter(
        (row) => typeof row[column] === 'string' && row[column].length > 5 && !isOpaque(row[column]) && isOwn(row),
      )
      .map((row) => ({ table, column, value: row[column] as string }));
  });
}

/** An id or a time, which identifies nobody. */
const isOpaque = (text: string) => /^[0-9a-f]{8}-|^\d{4}-\d\d-\d\dT/.test(text);

const entriesOf = (tables: Tables) =>
  Object.entries(tables).flatMap(([table, { personal }]) =>
    Object.entries(personal).map(([column, how]) => ({ table, column, how })),
  );
