/**
 * The wire protocols of our services: AWS JSON 1.1, which names the operation in `X-Amz-Target`; REST JSON, where method and
 * path name the operation; and S3's REST, where the path is the object's and the body its content, and errors are XML.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { signedService } from './s3-signature.ts';
import { AwsError, type AwsService } from './service.ts';

/** An SDK input as it is sent in JSON: blobs are base64 strings, timestamps are seconds since 1970. */
export type Wire<T> = T extends Uint8Array
  ? string
  : T extends Date
    ? number
    : T extends object
      ? { [Member in keyof T]: Wire<T[Member]> }
      : T;

export type ServiceId = AwsService['id'];

export interface Call {
  readonly protocol: 'json' | 'rest' | 's3';
  /** Undefined when no service here answers the request. */
  readonly service?: ServiceId;
  readonly operation: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const targets: Readonly<Record<string, ServiceId>> = {
  TrentService: 'kms',
  secretsmanager: 'secretsmanager',
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
};

const restOperations: Readonly<Record<string, readonly [ServiceId, string]>> = {
  'POST /Execute': ['rds-data', 'ExecuteStatement'],
  'POST /BatchExecute': ['rds-data', 'BatchExecuteStatement'],
  'POST /BeginTransaction': ['rds-data', 'BeginTransaction'],
  'POST /CommitTransaction': ['rds-data', 'CommitTransaction'],
  'POST /RollbackTransaction': ['rds-data', 'RollbackTransaction'],
  'POST /v2/email/outbound-emails': ['sesv2', 'SendEmail'],
};

/** S3's operations on an object, by method. */
const objectOperations: Readonly<Record<string, string>> = { PUT: 'PutObject' };

/** Which operation a request is for. Signatures are neither required nor checked, but by S3. */
export function recognise(method: string, path: string, headers: IncomingHttpHeaders): Call {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.');
    return { protocol: 'json', service: targets[prefix], operation };
  }
  if (signedService(headers) === 's3') {
    return { protocol: 's3', service: 's3', operation: objectOperations[method] ?? method };
  }
  const [service, operation] = restOperations[`${method} ${path}`] ?? [undefined, `${method} ${path}`];
  return { protocol: 'rest', service, operation };
}

/** @throws AwsError SerializationException when the body is not a JSON object. */
export function parseInput(body: Buffer): object {
  if (body.length === 0) return {};
  try {
    const input: unknown = JSON.parse(body.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Not JSON gets the same answer as JSON of the wrong type.
  }
  throw new AwsError('SerializationException', 'The request body is not a JSON object');
}

/** AWS JSON front ends answer an unknown target with 400; REST front ends answer an unknown path with 404. */
export function unknownOperation(call: Call): AwsError {
  if (call.protocol === 's3') {
    return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  }
  const status = call.protocol === 'json' ? 400 : 404;
  return new AwsError('UnknownOperationException', `Unknown operation: ${call.operation}`, status);
}

export function success(call: Call, output: object, requestId: string): Answer {
  // What S3 says of an object is in headers.
  if (call.protocol === 's3') return { status: 200, headers: { ...headersOf(call, requestId), ...output }, body: '' };
  return { status: 200, headers: headersOf(call, requestId), body: JSON.stringify(output) };
}

/** An error in its service's form: the code is in the body (JSON 1.1) or in a header (REST). */
export function failure(call: Call, error: AwsError, requestId: string): Answer {
  if (call.protocol === 's3') {
    const { code, message: text } = error;
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${text.replaceAll('<', '&lt;')}</Message><RequestId>${requestId}</RequestId></Error>`;
    return { status: error.status, headers: headersOf(call, requestId), body };
  }
  // Secrets Manager's model spells this member with a capital.
  const message = call.service === 'secretsmanager' ? { Message: error.message } : { message: error.message };
  const headers = headersOf(call, requestId);
  return call.protocol === 'json'
    ? { status: error.status, headers, body: JSON.stringify({ __type: error.code, ...message, ...error.fields }) }
    : {
        status: error.status,
        headers: { ...headers, 'x-amzn-errortype': error.code },
        body: JSON.stringify({ ...message, ...error.fields }),
      };
}

function headersOf(call: Call, requestId: string): Record<string, string> {
  if (call.protocol === 's3') return { 'content-type': 'application/xml', 'x-amz-request-id': requestId };
  return {
    'content-type': call.protocol === 'json' ? 'application/x-amz-json-1.1' : 'application/json',
    'x-amzn-requestid': requestId,
  };
}
