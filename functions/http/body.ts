/** The request's body: read, parsed, checked. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Schema } from '../contracts/http.ts';
import { Problem } from '../domain/problem.ts';
import { parseJson, pointerToken } from './parse-json.ts';

const MAX_BYTES = 64 * 1024;
const FORM = 'application/x-www-form-urlencoded';

export interface BodyOptions {
  /** Takes a form as well: RFC 7009 §2.1 and RFC 7662 §2.1 have clients send one. */
  readonly form?: boolean;
}

/** @throws Problem PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR with every fault there is */
export function readBody<S extends Schema>(event: APIGatewayProxyEventV2, schema: S, options: BodyOptions = {}) {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BYTES) {
    throw new Problem('PAYLOAD_TOO_LARGE', { detail: `The body may hold ${MAX_BYTES} bytes.` });
  }
  // A request whose every field may be left out may leave out the body too.
  const absent = bytes.length === 0 && event.headers['content-type'] === undefined;
  return validate(schema, absent ? {} : parse(bytes, mediaType(event), options));
}

function parse(bytes: Buffer, type: string, { form = false }: BodyOptions): unknown {
  if (type === 'application/json') return parseJson(utf8(bytes));
  if (form && type === FORM) return parseForm(utf8(bytes));
  throw new Problem('UNSUPPORTED_MEDIA_TYPE', {
    detail: `Send application/json${form ? ` or ${FORM}` : ''} in UTF-8.`,
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

/** Through the JSON rules, so that the same values are refused: a field that comes twice, U+0000 (RFC 6749 §3.2). */
function parseForm(text: string): unknown {
  const members = [...new URLSearchParams(text)].map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return parseJson(`{${members.join(',')}}`);
}

export function validate<S extends Schema>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data as z.output<S>;
  throw new Problem('VALIDATION_ERROR', {
    errors: result.error.issues.map(({ path, message }) => ({
      pointer: path.map((part) => `/${pointerToken(String(part))}`).join(''),
      detail: message,
    })),
  });
}
