/** PostgreSQL's rows as the Data API returns them: Fields, or one string of JSON, within its size limits. */
import type { ExecuteStatementCommandInput, Field, ResultSetOptions } from '@aws-sdk/client-rds-data';
import type { Wire } from './protocol.ts';
import type { Column, Kind } from './rds-data-columns.ts';
import { badRequest } from './rds-data-errors.ts';
import { AwsError } from './service.ts';

/** Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html */
const MAX_ROW = 64 * 1024;
const MAX_RESULT = 1024 * 1024;
/** Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-json.html */
const MAX_JSON = 10 * 1024 * 1024;

/** A row's values in PostgreSQL's text format. */
export type TextRow = readonly (string | null)[];

type Format = Wire<ExecuteStatementCommandInput>;
type WireField = Wire<Field>;

/** @throws AwsError UnsupportedResultException when the result is larger than the service's limits */
export function formatResult(rows: readonly TextRow[], columns: readonly Column[], command: string, input: Format) {
  checkSizes(rows, columns);
  // "Only applies to SELECT statements and is ignored for other types of statements."
  if (input.formatRecordsAs === 'JSON' && command === 'SELECT') {
    return { formattedRecords: toJson(rows, columns, input.resultSetOptions), numberOfRecordsUpdated: 0 };
  }
  const encode = columns.map((column) => encoder(column, input.resultSetOptions));
  const records = rows.map((row) => row.map((text, index) => (text === null ? NULL : encode[index]?.(text))));
  return {
    records,
    ...(input.includeResultMetadata ? { columnMetadata: columns.map(({ metadata }) => metadata) } : {}),
    // Rows that RETURNING returns are not counted here.
    numberOfRecordsUpdated: 0,
  };
}

const NULL = { isNull: true } as const;

function checkSizes(rows: readonly TextRow[], columns: readonly Column[]): void {
  const blobs = columns.map(({ kind }) => kind === 'blob');
  let total = 0;
  for (const row of rows) {
    let size = 0;
    for (let index = 0; index < row.length; index++) {
      const text = row[index];
      if (typeof text === 'string') size += blobs[index] ? (text.length - 2) / 2 : Buffer.byteLength(text);
    }
    if (size > MAX_ROW) throw unsupported('Packet for query is too large: a row of the result exceeds 64 KB');
    total += size;
  }
  if (total > MAX_RESULT) throw unsupported('Database returned more than the allowed response size limit');
}

const unsupported = (message: string) => new AwsError('UnsupportedResultException', message);

function encoder({ kind, isArray }: Column, options: ResultSetOptions | undefined): (text: string) => WireField {
  if (isArray) return (text) => ({ arrayValue: encodeArray(text, kind) }) as WireField;
  switch (kind) {
    case 'long':
      return options?.longReturnType === 'STRING' ? string : long;
    case 'decimal':
      if (options?.decimalReturnType !== 'DOUBLE_OR_LONG') return string;
      return (text) => (/^-?\d+$/.test(text) ? long(text) : double(text));
    case 'double':
      return double;
    case 'boolean':
      return (text) => ({ booleanValue: text === 't' }) as WireField;
    case 'blob':
      return (text) => ({ blobValue: base64(text) }) as WireField;
    case 'instant':
      return (text) => string(withoutOffset(text));
    case 'string':
      return string;
  }
}

const string = (text: string) => ({ stringValue: text }) as WireField;
const long = (text: string) => ({ longValue: Number(text) }) as WireField;
const double = (text: string) => ({ doubleValue: toDouble(text) }) as unknown as WireField;

/** JSON has neither NaN nor infinities: the protocol sends them as text. */
const toDouble = (text: string) => (Number.isFinite(Number(text)) ? Number(text) : text);

/** The session is in UTC: `2026-01-02 03:04:05.678+00`. */
const withoutOffset = (text: string) => text.replace(/\+00(?= BC$|$)/, '');

const base64 = (hexadecimal: string) => Buffer.from(hexadecimal.slice(2), 'hex').toString('base64');

function encodeArray(text: string, kind: Kind) {
  const values = splitArray(text);
  const each = <T>(convert: (one: string) => T) => values.map((one) => (one === null ? null : convert(one)));
  switch (kind) {
    case 'long':
      return { longValues: each(Number) };
    case 'double':
      return { doubleValues: each(toDouble) };
    case 'boolean':
      return { booleanValues: each((one) => one === 't') };
    case 'instant':
      return { stringValues: each(withoutOffset) };
    default:
      return { stringValues: values };
  }
}

/**
 * `{a,"b \"c\"",NULL}`: the elements of a one-dimensional array.
 * Source: https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO
 */
function splitArray(text: string): (string | null)[] {
  // A lower bound other than 1 is written before the brace.
  const body = text.slice(text.indexOf('{') + 1, -1);
  if (body.startsWith('{')) throw unsupported('The result contains a multidimensional array.');
  const element = /"((?:[^"\\]|\\.)*)"|([^,]+)/gs;
  return Array.from(body.matchAll(element), ([, quoted, plain]) => {
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, '$1');
    return plain === 'NULL' ? null : (plain ?? '');
  });
}

/** Numbers stay as PostgreSQL writes them, because numbers in JSON have no size limit. */
function toJson(rows: readonly TextRow[], columns: readonly Column[], options: ResultSetOptions | undefined): string {
  const names = columns.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw badRequest('The result set contains duplicate column names, which JSON does not allow');
  }
  const keys = names.map((name) => `${JSON.stringify(name)}:`);
  const lines = rows.map((row) => {
    const members = row.map((text, index) => {
      const column = columns[index];
      return `${keys[index]}${text === null || !column ? 'null' : jsonValue(text, column, options)}`;
    });
    return `{${members.join(',')}}`;
  });
  const json = `[${lines.join(',')}]`;
  if (Buffer.byteLength(json) > MAX_JSON) throw badRequest('The formatted records exceed the limit of 10 MB');
  return json;
}

function jsonValue(text: string, column: Column, options: ResultSetOptions | undefined): string {
  if (column.isArray) return JSON.stringify(Object.values(encodeArray(text, column.kind))[0]);
  const asString =
    (column.kind === 'long' && options?.longReturnType === 'STRING') ||
    (column.kind === 'decimal' && options?.decimalReturnType !== 'DOUBLE_OR_LONG');
  switch (column.kind) {
    case 'long':
    case 'decimal':
    case 'double':
      return asString || !Number.isFinite(Number(text)) ? JSON.stringify(text) : text;
    case 'boolean':
      return String(text === 't');
    case 'blob':
      return JSON.stringify(base64(text));
    case 'instant':
      return JSON.stringify(withoutOffset(text));
    default:
      return JSON.stringify(text);
  }
}
