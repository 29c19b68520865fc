/**
 * Named parameters as the Data API has them: `:name`, each bound with the type that its field has. A missing cast then
 * fails here as it does on Aurora (`column "id" is of type uuid but expression is of type text`).
 *
 * Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_SqlParameter.html
 */
import type { Field, SqlParameter } from '@aws-sdk/client-rds-data';
import type { Wire } from './protocol.ts';
import { AwsError } from './service.ts';

export type WireParameter = Wire<SqlParameter>;

/** A statement as PostgreSQL takes it: `$1`, `$2`, …, and which parameter each is. */
export interface Prepared {
  readonly text: string;
  readonly names: readonly string[];
}

/** Where a colon is no parameter: comments, strings, quoted identifiers, dollar quotes, casts. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|::|:([A-Za-z_]\w*)|;/g;

/**
 * @param types each parameter's PostgreSQL type by its name
 * @throws AwsError for a parameter that is not given, or a second statement
 */
export function prepare(sql: string, types: ReadonlyMap<string, string>): Prepared {
  const names: string[] = [];
  let ended = false;
  const text = sql.replace(TOKEN, (token: string, _tag: string | undefined, name: string | undefined, at: number) => {
    if (token === ';') {
      ended ||= /\S/.test(withoutComments(sql.slice(at + 1)));
      return token;
    }
    if (name === undefined) return token;
    const type = types.get(name);
    if (type === undefined) throw badRequest(`Missing value for parameter :${name}`);
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}::${type}`;
  });
  if (ended) throw badRequest("Multistatements aren't supported.");
  return { text, names };
}

const withoutComments = (sql: string) => sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').replaceAll(';', '');

/** The PostgreSQL type that a parameter is bound with. */
export function typeOf({ name, value, typeHint }: WireParameter): string {
  if (value?.arrayValue !== undefined) throw badRequest('Array parameters are not supported.');
  if (typeHint !== undefined) return hinted(name, typeHint);
  if (value?.longValue !== undefined) return 'bigint';
  if (value?.doubleValue !== undefined) return 'float8';
  if (value?.booleanValue !== undefined) return 'boolean';
  if (value?.blobValue !== undefined) return 'bytea';
  return 'text';
}

const HINTS: Readonly<Record<string, string>> = {
  UUID: 'uuid',
  JSON: 'jsonb',
  DECIMAL: 'numeric',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
};

function hinted(name: string | undefined, hint: string): string {
  const type = HINTS[hint];
  if (type === undefined) throw badRequest(`Unsupported type hint ${hint} for parameter ${name}`);
  return type;
}

/** What PostgreSQL is sent: text, but bytes as they are. */
export function boundValue({ name, value, typeHint }: WireParameter): string | Buffer | null {
  if (!value || value.isNull === true) return null;
  if (value.blobValue !== undefined) return Buffer.from(value.blobValue as unknown as string, 'base64');
  const plain = value.stringValue ?? value.longValue ?? value.doubleValue ?? value.booleanValue;
  if (plain === undefined) throw badRequest(`Parameter ${name} has no value`);
  const text = String(plain);
  if (text.includes('\0')) throw databaseError('invalid byte sequence for encoding "UTF8": 0x00', '22021');
  if (typeHint !== undefined) checkHinted(name, typeHint, text);
  return text;
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  DATE: /^\d{4}-\d{2}-\d{2}$/,
  TIME: /^\d{2}:\d{2}:\d{2}(\.\d{1,3})?$/,
  TIMESTAMP: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,3})?$/,
  DECIMAL: /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/,
};

function checkHinted(name: string | undefined, hint: string, text: string): void {
  const format = FORMATS[hint];
  if (format && !format.test(text)) throw badRequest(`Parameter ${name} is not a ${hint}: ${text}`);
}

export const badRequest = (message: string) => new AwsError('BadRequestException', message);

/** As the Data API reports what the database refuses. */
export const databaseError = (message: string, state: string) =>
  new AwsError('DatabaseErrorException', `ERROR: ${message}; SQLState: ${state}`);

export type WireField = Wire<Field>;
