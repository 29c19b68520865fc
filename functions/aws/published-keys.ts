/**
 * The stage's public keys, kept in memory: JWKS publishes them, and bearer routes verify with them. KMS is not called
 * while they are fresh. They stay in use during an outage of KMS, which does not change them.
 */
import { KMSClient } from '@aws-sdk/client-kms';
import type { JwksPublicKey } from '../contracts/http.ts';
import { isWithin } from '../domain/age.ts';
import { remembered } from '../domain/key-lifecycle.ts';
import { Problem } from '../domain/problem.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { fetchPublicKeys } from './public-keys.ts';

/** So short that a token with an unknown key id causes no earlier fetch: made-up key ids cost us nothing. */
const FRESH = remembered.byFunctions * 1000;
/** Milliseconds without a call after KMS did not answer, so that not every request waits for it; and adds to its load. */
const RETRY_AFTER = 10_000;
/** The same if nothing is in memory, and requests have to be refused meanwhile. */
const COLD_RETRY_AFTER = 1_000;

export type PublishedKeys = () => Promise<readonly JwksPublicKey[]>;

/**
 * @param aliases `alias/identity-dev/` before the role
 * @returns a function that throws Problem SERVICE_UNAVAILABLE as long as KMS has never answered
 */
export function publishedKeys(aliases: string): PublishedKeys {
  const kms = new KMSClient({ maxAttempts: 2 });
  let kept: { readonly at: number; readonly keys: readonly JwksPublicKey[] } | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<readonly JwksPublicKey[]> | undefined;

  /** Simultaneous requests share one fetch. */
  function fetchOnce(): Promise<readonly JwksPublicKey[]> {
    fetching ??= fetchPublished().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function fetchPublished(): Promise<readonly JwksPublicKey[]> {
    // The age counts from before the fetch: a key that is revoked during it may still be in the answer.
    const at = Date.now();
    try {
      kept = { at, keys: await fetchPublicKeys(kms, aliases) };
      // A function that was frozen during the fetch thaws with an old answer.
      if (!isWithin(at, FRESH)) return fetchPublished();
    } catch (error) {
      failedAt = Date.now();
      emitMetrics({ PublicKeysStale: [1, 'Count'] });
      if (!kept) throw unavailable(error);
      log('warn', 'public keys served from memory, KMS does not answer', { error });
    }
    return kept.keys;
  }

  return async () => {
    if (kept && (isWithin(kept.at, FRESH) || isWithin(failedAt, RETRY_AFTER))) return kept.keys;
    if (!kept && isWithin(failedAt, COLD_RETRY_AFTER)) throw unavailable();
    return fetchOnce();
  };
}

const unavailable = (cause?: unknown) => new Problem('SERVICE_UNAVAILABLE', { retryAfter: 2, cause });
