/** The request's body: read, parsed, checked. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import { mostBodyBytes } from '../contracts/http/body-limit.ts';
import type { BodyFormat } from '../contracts/http/door.ts';
import type { Schema } from '../contracts/http.ts';
import { MOST_FAULTS, Problem } from '../domain/problem.ts';
import { parseForm } from './parse-form.ts';
import { parseJson, pointerToken } from './parse-json.ts';

const mediaTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/**
 * The body as it was sent, parsed and not yet checked by its schema.
 * @throws Problem PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR for what is no JSON or form
 */
export function parseBody(event: APIGatewayProxyEventV2, schema: Schema, accepts: readonly BodyFormat[]): unknown {
  const { body = '', isBase64Encoded } = event;
  const encoding = isBase64Encoded ? 'base64' : 'utf8';
  const most = mostBodyBytes(schema);
  if (Buffer.byteLength(body, encoding) > most) {
    throw new Problem('PAYLOAD_TOO_LARGE', { detail: `The body may hold ${most} bytes.` });
  }
  // A request whose every field may be left out may leave out the body too.
  if (body === '' && event.headers['content-type'] === undefined) return {};
  refuseEncoded(event);
  return parse(Buffer.from(body, encoding), mediaType(event), schema, accepts);
}

/** What is asked for again is not parsed again. */
export function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}

/** Compressed bodies are not taken, and the answer says so (RFC 9110 §12.5.3): a small one can unfold to any size. */
function refuseEncoded({ headers }: APIGatewayProxyEventV2): void {
  const codings = (headers['content-encoding'] ?? '').toLowerCase().split(',');
  if (codings.every((coding) => ['', 'identity'].includes(coding.trim()))) return;
  throw new Problem('UNSUPPORTED_MEDIA_TYPE', {
    detail: 'Send the body without a content coding.',
    headers: { 'accept-encoding': 'identity' },
  });
}

function parse(bytes: Buffer, type: string, schema: Schema, accepts: readonly BodyFormat[]): unknown {
  if (accepts.includes('json') && type === mediaTypes.json) return parseJson(utf8(bytes));
  if (accepts.includes('form') && type === mediaTypes.form) return parseForm(utf8(bytes), schema);
  throw new Problem('UNSUPPORTED_MEDIA_TYPE', {
    detail: `Send ${accepts.map((format) => mediaTypes[format]).join(' or ')} in UTF-8.`,
  });
}

/** Without its parameters; a charset other than UTF-8 is another media type to us (RFC 8259 §8.1). */
function mediaType(event: APIGatewayProxyEventV2): string {
  const [type = '', ...parameters] = (event.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  return charset && !/^charset="?utf-?8"?$/.test(charset) ? charset : type.trim();
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('VALIDATION_ERROR', { detail: 'The body is not UTF-8.' });
  }
}

/** @throws Problem VALIDATION_ERROR with every fault there is, up to 20 */
export function validate<S extends Schema>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data as z.output<S>;
  throw new Problem('VALIDATION_ERROR', {
    // One more than an answer names shows that there are more.
    errors: result.error.issues.slice(0, MOST_FAULTS + 1).map((issue) => ({
      pointer: issue.path.map((part) => `/${pointerToken(String(part))}`).join(''),
      detail: faultOf(issue, value),
    })),
  });
}

const nouns: Readonly<Record<string, string>> = { array: 'an array', object: 'an object', int: 'an integer' };

/** A wrong type or value by the right ones' names; whether it was left out, the issue does not say. */
function faultOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_value') return issue.message;
  const given = issue.path.reduce<unknown>((parent, part) => (parent as Record<PropertyKey, unknown>)?.[part], value);
  if (given === undefined) return 'is required';
  if (issue.code === 'invalid_value') return `must be ${issue.values.join(' or ')}`;
  return `must be ${nouns[issue.expected] ?? `a ${issue.expected}`}`;
}
