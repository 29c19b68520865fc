/**
 * Results as the Data API gives them: fields by type, column metadata, JSON where asked for.
 *
 * Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_Field.html
 */
import { types } from 'pg';
import { badRequest, type WireField } from './rds-data-parameters.ts';

export interface Column {
  readonly name: string;
  /** PostgreSQL's object id of the column's type. */
  readonly dataTypeID: number;
  readonly tableID: number;
}
/** Each value as PostgreSQL's text. */
export type Row = readonly (string | null)[];

export interface ResultOptions {
  readonly decimalReturnType?: string | undefined;
  readonly longReturnType?: string | undefined;
}

const MAX_RESULT = 1024 * 1024;
const MAX_ROW = 64 * 1024;

/** @throws AwsError when a row or the whole is larger than the service gives */
export function checkSize(rows: readonly Row[]): void {
  let total = 0;
  for (const row of rows) {
    let size = 0;
    for (const value of row) size += value === null ? 1 : Buffer.byteLength(value);
    if (size > MAX_ROW) throw badRequest('Database returned more than the allowed response size limit for a row');
    total += size;
  }
  if (total > MAX_RESULT) throw badRequest('Database returned more than the allowed response size limit');
}

const { builtins } = types;
const TEXT_ARRAY: number = 1009;
const INTEGERS = new Set<number>([builtins.INT2, builtins.INT4, builtins.INT8, builtins.OID]);
const FLOATS = new Set<number>([builtins.FLOAT4, builtins.FLOAT8]);

/** Name, element type and JDBC code of each type that a result is likely to have; others go as text. */
const TYPES: Readonly<Record<number, readonly [name: string, element?: number]>> = {
  16: ['bool'], 17: ['bytea'], 18: ['char'], 19: ['name'], 20: ['int8'], 21: ['int2'], 23: ['int4'], 25: ['text'],
  26: ['oid'], 114: ['json'], 199: ['_json', 114], 700: ['float4'], 701: ['float8'], 869: ['inet'], 1000: ['_bool', 16],
  1005: ['_int2', 21], 1007: ['_int4', 23], 1009: ['_text', 25], 1015: ['_varchar', 1043], 1016: ['_int8', 20],
  1021: ['_float4', 700], 1022: ['_float8', 701], 1042: ['bpchar'], 1043: ['varchar'], 1082: ['date'], 1083: ['time'],
  1114: ['timestamp'], 1115: ['_timestamp', 1114], 1184: ['timestamptz'], 1185: ['_timestamptz', 1184], 1186: ['interval'],
  1231: ['_numeric', 1700], 1700: ['numeric'], 2278: ['void'], 2950: ['uuid'], 2951: ['_uuid', 2950], 3802: ['jsonb'],
  3807: ['_jsonb', 3802],
}; // biome-ignore format: a table

export const columnMetadata = (columns: readonly Column[]) =>
  columns.map(({ name, dataTypeID, tableID }) => {
    const [typeName, element] = TYPES[dataTypeID] ?? ['unknown'];
    return {
      name,
      label: name,
      typeName,
      nullable: 2,
      arrayBaseColumnType: element ?? 0,
      isAutoIncrement: false,
      isCaseSensitive: typeName === 'text' || typeName === 'varchar',
      isCurrency: false,
      isSigned: INTEGERS.has(dataTypeID) || FLOATS.has(dataTypeID) || typeName === 'numeric',
      precision: 0,
      scale: 0,
      schemaName: '',
      tableName: tableID === 0 ? '' : String(tableID),
      type: dataTypeID,
    };
  });

export function toField(text: string | null, { dataTypeID }: Column, options: ResultOptions): WireField {
  if (text === null) return { isNull: true };
  if (dataTypeID === builtins.BOOL) return { booleanValue: text === 't' };
  if (dataTypeID === builtins.BYTEA) {
    return { blobValue: Buffer.from(text.slice(2), 'hex').toString('base64') } as unknown as WireField;
  }
  if (INTEGERS.has(dataTypeID)) {
    return options.longReturnType === 'STRING' ? { stringValue: text } : { longValue: Number(text) };
  }
  if (FLOATS.has(dataTypeID)) return { doubleValue: Number(text) };
  if (dataTypeID === builtins.NUMERIC && options.decimalReturnType === 'DOUBLE_OR_LONG') {
    return /^-?\d+$/.test(text) ? { longValue: Number(text) } : { doubleValue: Number(text) };
  }
  const element = TYPES[dataTypeID]?.[1];
  if (element !== undefined) return { arrayValue: toArray(text, dataTypeID, element) } as WireField;
  return { stringValue: asUtc(text, dataTypeID) };
}

/** The session's time zone is UTC; the service leaves the offset out. */
const asUtc = (text: string, type: number) => (type === builtins.TIMESTAMPTZ ? text.replace(/\+00$/, '') : text);

function toArray(text: string, arrayType: number, element: number): object {
  const items = types.getTypeParser(TEXT_ARRAY as number)(text) as unknown as (string | null | unknown[])[];
  if (items.some(Array.isArray)) throw badRequest('Multidimensional arrays are not supported.');
  const values = items.map((item) => item as string | null);
  if (element === builtins.BOOL) return { booleanValues: values.map((value) => value === 't') };
  if (INTEGERS.has(element)) return { longValues: values.map(Number) };
  if (FLOATS.has(element)) return { doubleValues: values.map(Number) };
  return {
    stringValues: values.map((value) => (value === null ? null : asUtc(value, arrayType === 1185 ? 1184 : element))),
  };
}

/** `formatRecordsAs: JSON`: an array of objects, numbers and booleans as such. */
export function toJson(rows: readonly Row[], columns: readonly Column[]): string {
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(
        columns.map((column, index) => [column.name, toPlain(toField(row[index] ?? null, column, {}))]),
      ),
    ),
  );
}

function toPlain(field: WireField): unknown {
  if (field.isNull) return null;
  return Object.values(field.arrayValue ?? {})[0] ?? Object.values(field)[0];
}
