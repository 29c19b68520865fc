/**
 * Checks the signature of a request to S3 (Signature Version 4, in the Authorization header). Functions sign these requests
 * without the SDK's client, so a wrong signature would be found nowhere else before AWS.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './service.ts';

export interface SignedRequest {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

/** The secret of every access key here, as the runtime gives it to functions. */
const SECRET = 'local';
/** Milliseconds by which a clock may differ. */
const SKEW = 15 * 60 * 1000;

/** The service in the scope of a signature: `s3`; undefined for a request without one. */
export const signedService = ({ authorization = '' }: IncomingHttpHeaders): string | undefined =>
  /Credential=[^/,]+\/\d{8}\/[^/,]+\/([^/,]+)\/aws4_request/.exec(authorization)?.[1];

/** @throws AwsError with the code that S3 gives */
export function checkSignature({ method, path, query, headers }: SignedRequest, now: Date): void {
  const [, scope = '', signedNames = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=[^/,]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const time = String(headers['x-amz-date'] ?? '');
  if (scope === '') throw denied('AccessDenied', 'The request has no signature of version 4');
  if (Math.abs(timeOf(time) - now.getTime()) > SKEW || !scope.startsWith(time.slice(0, 8))) {
    throw denied('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.');
  }
  const names = signedNames.split(';');
  const required = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  const unsigned = required.filter((name) => !names.includes(name));
  if (unsigned.length > 0) {
    throw denied('AccessDenied', `There were headers present in the request which were not signed: ${unsigned}`);
  }
  const payload = headers['x-amz-content-sha256'];
  if (typeof payload !== 'string') {
    throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const canonical = [
    method,
    path,
    query,
    ...names.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    signedNames,
    payload,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${SECRET}`);
  if (!timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'))) {
    throw denied(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
}

/** `20261127T101112Z`; NaN if it is none. */
const timeOf = (text: string) =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const denied = (code: string, message: string) => new AwsError(code, message, 403);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
