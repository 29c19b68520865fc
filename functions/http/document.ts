/** Public documents: the same for everybody, and any cache may keep them. */
import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpRequest } from './messages.ts';

/** Made once, answered often. */
export interface PublicDocument {
  readonly body: string;
  readonly etag: string;
}

export const publicDocument = (body: string): PublicDocument => ({
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
});

/** 304 for a caller that has the document already (RFC 9110 §13.1.2). */
export function documentAnswer(
  { headers }: Pick<HttpRequest, 'headers'>,
  { body, etag }: PublicDocument,
  cacheControl: string,
  type = 'application/json',
): HttpAnswer {
  const caching = { 'cache-control': cacheControl, etag };
  if (matches(headers['if-none-match'], etag)) return { status: 304, headers: caching };
  return { status: 200, headers: { ...caching, 'content-type': type }, body };
}

/** Weak comparison, a list, or any. */
const matches = (ifNoneMatch: string | undefined, etag: string) =>
  (ifNoneMatch ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
