/** GET /.well-known/jwks.json (RFC 7517 §5) */
import { createHash } from 'node:crypto';
import { publishedKeys } from '../../aws/published-keys.ts';
import { publicRoute } from '../../http/route.ts';

/** Consumers may keep the document for five minutes, and longer while we cannot be reached (RFC 5861). */
const CACHE_CONTROL = 'public, max-age=300, stale-while-revalidate=60, stale-if-error=86400';

export const handler = publicRoute({}, async ({ headers }) => {
  const body = JSON.stringify({ keys: await publishedKeys() });
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const caching = { 'cache-control': CACHE_CONTROL, etag };
  if (matches(headers['if-none-match'], etag)) return { status: 304, headers: caching };
  return { status: 200, headers: { ...caching, 'content-type': 'application/json' }, body };
});

/** RFC 9110 §13.1.2: weak comparison, a list, or any. */
const matches = (ifNoneMatch: string | undefined, etag: string) =>
  (ifNoneMatch ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
