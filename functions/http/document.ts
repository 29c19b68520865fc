/** Public documents: the same for all, cached by whoever likes to. */
import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpRequest } from './route.ts';

/** 304 to who has it already (RFC 9110 §13.1.2). */
export function documentAnswer(
  { headers }: Pick<HttpRequest, 'headers'>,
  body: string,
  cacheControl: string,
): HttpAnswer {
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const caching = { 'cache-control': cacheControl, etag };
  if (matches(headers['if-none-match'], etag)) return { status: 304, headers: caching };
  return { status: 200, headers: { ...caching, 'content-type': 'application/json' }, body };
}

/** Weak comparison, a list, or any. */
const matches = (ifNoneMatch: string | undefined, etag: string) =>
  (ifNoneMatch ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
