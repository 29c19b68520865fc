/** GET /.well-known/jwks.json (RFC 7517 §5) */

import type { JwksPublicKey } from '../../contracts/http.ts';
import { remembered } from '../../domain/key-lifecycle.ts';
import { documentAnswer, type PublicDocument, publicDocument } from '../../http/document.ts';
import { publicRoute } from '../../http/route.ts';
import { stagePublishedKeys } from '../../stage/published-keys.ts';

/** Consumers may keep the document for five minutes, and longer while we cannot be reached (RFC 5861). */
const { maxAge, staleWhileRevalidate, staleIfError } = remembered.byConsumers;
const CACHE_CONTROL = `public, max-age=${maxAge}, stale-while-revalidate=${staleWhileRevalidate}, stale-if-error=${staleIfError}`;

const publishedKeys = stagePublishedKeys();

export const handler = publicRoute({ cors: 'any' }, async (request) =>
  documentAnswer(request, documentOf(await publishedKeys()), CACHE_CONTROL),
);

let latest: { readonly keys: readonly JwksPublicKey[]; readonly document: PublicDocument } | undefined;

/** The same keys are the same array until they are fetched again. */
function documentOf(keys: readonly JwksPublicKey[]): PublicDocument {
  if (latest?.keys !== keys) latest = { keys, document: publicDocument(JSON.stringify({ keys })) };
  return latest.document;
}
