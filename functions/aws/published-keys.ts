/**
 * The stage's public keys, kept in memory: what JWKS publishes and bearer routes verify with. No call to KMS while
 * they are fresh; kept on through an outage of KMS, since keys do not change by it.
 */
import { KMSClient } from '@aws-sdk/client-kms';
import type { JwksPublicKey } from '../contracts/http.ts';
import { log } from '../log.ts';
import { fetchPublicKeys } from './public-keys.ts';

/** A revoked key may be believed for this long, milliseconds; a new one is published a day before it signs. */
const FRESH = 60_000;
/** KMS did not answer: leave it alone for this long, milliseconds, instead of making every request wait for it. */
const RETRY_AFTER = 10_000;
/** A token with an unknown key id is no reason to ask more often than this. */
const REFETCH_AFTER = 30_000;

const kms = new KMSClient({});
let kept: { readonly at: number; readonly keys: readonly JwksPublicKey[] } | undefined;
let fetching: Promise<readonly JwksPublicKey[]> | undefined;

/** @throws whatever KMS does when it never answered yet */
export async function publishedKeys(): Promise<readonly JwksPublicKey[]> {
  if (kept && Date.now() - kept.at < FRESH) return kept.keys;
  return fetchOnce().catch((error: unknown) => {
    if (!kept) throw error;
    log('warn', 'public keys served from memory, KMS does not answer', { error });
    kept = { ...kept, at: Date.now() - FRESH + RETRY_AFTER };
    return kept.keys;
  });
}

/** The keys, fetched again when those in memory do not hold `kid` and were not fetched just now. */
export async function publishedKeysWith(kid: string): Promise<readonly JwksPublicKey[]> {
  const keys = await publishedKeys();
  const known = keys.some((key) => key.kid === kid);
  if (known || (kept && Date.now() - kept.at < REFETCH_AFTER)) return keys;
  return fetchOnce().catch(() => keys);
}

/** Requests that come together share one fetch. */
function fetchOnce(): Promise<readonly JwksPublicKey[]> {
  fetching ??= fetchPublicKeys(kms)
    .then((keys) => {
      kept = { at: Date.now(), keys };
      return keys;
    })
    .finally(() => {
      fetching = undefined;
    });
  return fetching;
}
