/** A call's parameters in PostgreSQL's form: each has the type of its field, or the type that its hint names. */
import type { Field, SqlParameter, TypeHint } from '@aws-sdk/client-rds-data';
import type { Wire } from './protocol.ts';
import { badRequest } from './rds-data-errors.ts';
import { among } from './validation.ts';

export type WireParameter = Wire<SqlParameter>;
type WireField = Partial<Record<Field extends infer One ? (One extends object ? keyof One : never) : never, unknown>>;

export interface BoundParameter {
  readonly name: string;
  /** `::bigint`, for example; empty for a null without a hint, whose type PostgreSQL infers. */
  readonly cast: string;
  /** Text in PostgreSQL's input format; a Buffer for bytea. */
  readonly value: string | Buffer | null;
}

interface Hint {
  readonly cast: string;
  /** Undefined for text that is not in the accepted form. */
  readonly accepts: (text: string) => boolean;
  readonly complaint: (text: string) => string;
}

const date = String.raw`\d{4}-\d{2}-\d{2}`;
const time = String.raw`\d{2}:\d{2}:\d{2}(\.\d{1,6})?`;
const notDateOrTime = (text: string) => `Cannot parse date or time "${text}"`;

/** Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_SqlParameter.html */
const hints: Readonly<Record<TypeHint, Hint>> = {
  DATE: { cast: '::date', accepts: matching(date), complaint: notDateOrTime },
  TIME: { cast: '::time', accepts: matching(time), complaint: notDateOrTime },
  TIMESTAMP: { cast: '::timestamp', accepts: matching(`${date} ${time}`), complaint: notDateOrTime },
  DECIMAL: {
    cast: '::numeric',
    accepts: matching(String.raw`[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?`),
    complaint: (text) => `Cannot parse decimal "${text}"`,
  },
  JSON: { cast: '::json', accepts: isJson, complaint: (text) => `Cannot parse JSON "${text}"` },
  UUID: {
    cast: '::uuid',
    accepts: matching('[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'),
    complaint: (text) => `Cannot parse UUID "${text}"`,
  },
};
const hintNames = Object.keys(hints) as TypeHint[];

/** @throws AwsError BadRequestException for a value that cannot be sent */
export function bindParameter({ name = '', value, typeHint }: WireParameter): BoundParameter {
  const field = (value ?? {}) as WireField;
  const hint = typeHint === undefined || typeHint === null ? undefined : hints[among(typeHint, 'typeHint', hintNames)];

  if (field.isNull === true) return { name, cast: hint?.cast ?? '', value: null };
  if (typeof field.stringValue === 'string') {
    if (hint && !hint.accepts(field.stringValue)) throw badRequest(hint.complaint(field.stringValue));
    return { name, cast: hint?.cast ?? '::text', value: field.stringValue };
  }
  if (typeof field.longValue === 'number') {
    if (!Number.isInteger(field.longValue)) throw badRequest(`Parameter "${name}" is not a long`);
    return { name, cast: '::bigint', value: BigInt(field.longValue).toString() };
  }
  // NaN and the infinities are sent as text.
  if (typeof field.doubleValue === 'number' || typeof field.doubleValue === 'string') {
    return { name, cast: '::float8', value: String(field.doubleValue) };
  }
  if (typeof field.booleanValue === 'boolean') return { name, cast: '::boolean', value: String(field.booleanValue) };
  if (typeof field.blobValue === 'string') {
    return { name, cast: '::bytea', value: Buffer.from(field.blobValue, 'base64') };
  }
  if (field.arrayValue) throw badRequest('Array parameters are not supported.');
  throw badRequest(`Parameter "${name}" has value with no field set`);
}

function matching(pattern: string): (text: string) => boolean {
  const whole = new RegExp(`^(${pattern})$`);
  return (text) => whole.test(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
