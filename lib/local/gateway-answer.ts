/** The HTTP answer that API Gateway makes of a function's result. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { FunctionError } from './worker.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
}

/** The gateway's own answers. Their shape is API Gateway's, not a problem document. */
export const gatewayAnswer = (status: number, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

export const notFound = gatewayAnswer(404, 'Not Found');
export const forbidden = gatewayAnswer(403, 'Forbidden');
export const misdirected = gatewayAnswer(421, 'Misdirected Request');
export const tooLarge = gatewayAnswer(413, 'Request Entity Too Large');
export const failed = gatewayAnswer(500, 'Internal Server Error');
export const unavailable = gatewayAnswer(503, 'Service Unavailable');

/** The answer when a function failed: it does not reveal why. */
export const errorAnswer = ({ errorType }: FunctionError): HttpAnswer =>
  errorType === 'RequestEntityTooLargeException' ? tooLarge : failed;

interface StructuredResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** A result without a `statusCode` becomes the JSON body of a 200. */
export function toAnswer(result: unknown): HttpAnswer {
  if (!isObject(result) || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  if (!isStructured(result)) return failed;
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status: result.statusCode,
    headers: {
      ...(result.body ? { 'content-type': 'text/plain;charset=UTF-8' } : {}),
      ...Object.fromEntries(headers.filter(([name]) => !ofConnection.has(name ?? ''))),
      ...(result.cookies?.length ? { 'set-cookie': result.cookies } : {}),
    },
    body: result.isBase64Encoded ? Buffer.from(result.body ?? '', 'base64') : (result.body ?? ''),
  };
}

/** Headers that only the gateway sets: the length is that of the body that it sends. */
const ofConnection = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isStructured(result: object): result is StructuredResult {
  const { statusCode, headers, cookies, body } = result as Record<string, unknown>;
  return (
    Number.isInteger(statusCode) &&
    (statusCode as number) >= 200 &&
    (statusCode as number) <= 599 &&
    (headers === undefined || headers === null || (isObject(headers) && Object.entries(headers).every(isHeader))) &&
    (cookies === undefined || cookies === null || Array.isArray(cookies)) &&
    (body === undefined || body === null || typeof body === 'string')
  );
}

function isHeader([name, value]: [string, unknown]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
    return true;
  } catch {
    return false;
  }
}
