/** The columns of a result: how their values are returned, and their metadata. */
import type { ColumnMetadata } from '@aws-sdk/client-rds-data';
import type { FieldDef } from 'pg';
import { AwsError } from './service.ts';

/** Which member of Field a value goes into; `instant` is a timestamptz, returned in UTC without its offset. */
export type Kind = 'long' | 'double' | 'decimal' | 'boolean' | 'blob' | 'string' | 'instant';

export interface ColumnType {
  readonly kind: Kind;
  readonly isArray: boolean;
  readonly typeName: string;
}

export interface Column extends ColumnType {
  readonly name: string;
  readonly metadata: ColumnMetadata;
}

/** What the catalogue knows of a table's column. */
interface TableColumn {
  readonly schema: string;
  readonly table: string;
  readonly required: boolean;
  readonly generated: boolean;
}

/** Runs a query on the catalogue and returns the rows as arrays of text. */
export type Lookup = (sql: string, values: readonly unknown[]) => Promise<(string | null)[][]>;

/** JDBC's type number, precision and scale, as pgJDBC reports them. */
type Shape = readonly [jdbcType: number, precision: number, scale: number];
const TEXT: Shape = [12, 2_147_483_647, 0];
const OTHER: Shape = [1111, 2_147_483_647, 0];
const ARRAY = 2003;

/**
 * The types that results may contain, by their name in pg_type. Arrays of these types may occur too, except of bytea.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-operations.html; timestamptz is not in
 * its list but in the note below it, and the service returns it.
 */
const types: Readonly<Record<string, readonly [kind: Kind, shape: Shape]>> = {
  bool: ['boolean', [-7, 1, 0]],
  int2: ['long', [5, 5, 0]],
  int4: ['long', [4, 10, 0]],
  int8: ['long', [-5, 19, 0]],
  float4: ['double', [7, 8, 8]],
  float8: ['double', [8, 17, 17]],
  numeric: ['decimal', [2, 0, 0]],
  text: ['string', TEXT],
  varchar: ['string', TEXT],
  bpchar: ['string', [1, 2_147_483_647, 0]],
  name: ['string', TEXT],
  uuid: ['string', OTHER],
  json: ['string', OTHER],
  jsonb: ['string', OTHER],
  cidr: ['string', OTHER],
  inet: ['string', OTHER],
  vector: ['string', OTHER],
  date: ['string', [91, 13, 0]],
  time: ['string', [92, 15, 6]],
  timestamp: ['string', [93, 29, 6]],
  timestamptz: ['instant', [93, 35, 6]],
  bytea: ['blob', [-2, 2_147_483_647, 0]],
};

/** Remembers a database's columns until {@link ColumnCatalogue.forget} is called. */
export function createColumnCatalogue() {
  const known = new Map<string, Column>();
  return {
    /**
     * @param lookup on the connection that has the result: no other sees what its transaction made
     * @throws AwsError UnsupportedResultException for a type that the service does not return
     */
    async describe(fields: readonly FieldDef[], lookup: Lookup): Promise<Column[]> {
      const columns: Column[] = [];
      for (const field of fields) {
        const key = `${field.dataTypeID} ${field.dataTypeModifier} ${field.tableID} ${field.columnID} ${field.name}`;
        let column = known.get(key);
        if (!column) {
          column = await findColumn(lookup, field);
          known.set(key, column);
        }
        columns.push(column);
      }
      return columns;
    },
    /** Call it after a change of the schema. */
    forget: () => known.clear(),
  };
}

export type ColumnCatalogue = ReturnType<typeof createColumnCatalogue>;

async function findColumn(lookup: Lookup, field: FieldDef): Promise<Column> {
  const type = await findType(lookup, field.dataTypeID);
  const origin = field.tableID === 0 ? undefined : await findTableColumn(lookup, field);
  return { ...type, name: field.name, metadata: metadataOf(field, type, origin) };
}

async function findType(lookup: Lookup, oid: number): Promise<ColumnType> {
  const [row] = await lookup(
    `select t.typname, t.typtype, t.typcategory, e.typname, e.typtype
     from pg_type t left join pg_type e on e.oid = t.typelem and t.typcategory = 'A' where t.oid = $1`,
    [oid],
  );
  const [typeName = '', typeKind, category, element, elementKind] = row ?? [];
  const isArray = category === 'A';
  const base = (isArray ? element : typeName) ?? '';
  const isEnum = (isArray ? elementKind : typeKind) === 'e';
  const kind = isEnum || (isArray && base === 'bit') ? 'string' : types[base]?.[0];
  if (kind === undefined || (isArray && kind === 'blob')) {
    const shown = typeName === 'char' ? '"CHAR"' : `${base}${isArray ? '[]' : ''}`.toUpperCase();
    throw new AwsError('UnsupportedResultException', `The result contains the unsupported data type ${shown}.`);
  }
  return { kind, isArray, typeName: typeName ?? '' };
}

async function findTableColumn(lookup: Lookup, { tableID, columnID }: FieldDef): Promise<TableColumn | undefined> {
  const [row] = await lookup(
    `select n.nspname, c.relname, a.attnotnull,
       a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false)
     from pg_attribute a
     join pg_class c on c.oid = a.attrelid
     join pg_namespace n on n.oid = c.relnamespace
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1 and a.attnum = $2`,
    [tableID, columnID],
  );
  return row && { schema: row[0] ?? '', table: row[1] ?? '', required: row[2] === 't', generated: row[3] === 't' };
}

function metadataOf(field: FieldDef, { kind, isArray, typeName }: ColumnType, origin?: TableColumn): ColumnMetadata {
  const [jdbcType, precision, scale] = types[isArray ? typeName.slice(1) : typeName]?.[1] ?? TEXT;
  const isNumber = kind === 'long' || kind === 'double' || kind === 'decimal';
  // A modifier holds a length, or precision and scale, plus four bytes for the header.
  const modifier = field.dataTypeModifier - 4;
  const hasLength = /^_?(varchar|bpchar)$/.test(typeName);
  return {
    arrayBaseColumnType: 0,
    isAutoIncrement: origin?.generated ?? false,
    isCaseSensitive: jdbcType === 1 || jdbcType === 12,
    isCurrency: false,
    isSigned: isNumber,
    label: field.name,
    name: field.name,
    // 0 is no, 1 yes, 2 unknown, as for an expression.
    nullable: origin ? (origin.required ? 0 : 1) : 2,
    precision: modifier < 0 ? precision : kind === 'decimal' ? modifier >> 16 : hasLength ? modifier : precision,
    scale: modifier < 0 || kind !== 'decimal' ? scale : modifier & 0xffff,
    schemaName: origin?.schema ?? '',
    tableName: origin?.table ?? '',
    type: isArray ? ARRAY : jdbcType,
    typeName,
  };
}
