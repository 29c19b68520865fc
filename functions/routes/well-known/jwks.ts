/** GET /.well-known/jwks.json (RFC 7517 §5) */
import { publishedKeys } from '../../aws/published-keys.ts';
import { remembered } from '../../domain/key-lifecycle.ts';
import { documentAnswer } from '../../http/document.ts';
import { publicRoute } from '../../http/route.ts';

/** Consumers may keep the document for five minutes, and longer while we cannot be reached (RFC 5861). */
const { maxAge, staleWhileRevalidate, staleIfError } = remembered.byConsumers;
const CACHE_CONTROL = `public, max-age=${maxAge}, stale-while-revalidate=${staleWhileRevalidate}, stale-if-error=${staleIfError}`;

export const handler = publicRoute({}, async (request) =>
  documentAnswer(request, JSON.stringify({ keys: await publishedKeys() }), CACHE_CONTROL),
);
