/**
 * Keeps an issuer's public keys exactly as long as the answer's Cache-Control allows, and during an outage as long as
 * its stale-if-error allows.
 *
 * Sources: RFC 9111 §4.2 (freshness), RFC 5861 (stale-while-revalidate, stale-if-error), RFC 7517 §5.
 */
import type { JWK } from 'jose';

export interface JwksCacheOptions {
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

/** Finds a key by its id, or undefined; throws when the keys cannot be fetched. */
export type FindKey = (kid: string) => Promise<JWK | undefined>;

/** Milliseconds between fetches, also for a token with an unknown key id and for an issuer that does not answer. */
const REFETCH_AFTER = 30_000;
/** Milliseconds for one fetch. */
const PATIENCE = 5_000;

interface Kept {
  readonly keys: readonly JWK[];
  readonly etag: string | null;
  /** When the fetch began, milliseconds. */
  readonly at: number;
  /** Milliseconds from then on; so are the next two. */
  readonly fresh: number;
  readonly whileRevalidating: number;
  readonly ifError: number;
}

export function jwksCache(uri: string, { fetch, now }: JwksCacheOptions): FindKey {
  let kept: Kept | undefined;
  let fetching: Promise<Kept> | undefined;
  /** The last fetch's failure, if it failed. */
  let failure: { readonly at: number; readonly error: unknown } | undefined;

  async function fetchKeys(): Promise<Kept> {
    const at = now().getTime();
    const known = kept;
    const response = await fetch(uri, {
      headers: { accept: 'application/json', ...(known?.etag ? { 'if-none-match': known.etag } : {}) },
      // The keys are where the issuer says, and a redirect may lead elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    const unchanged = response.status === 304 && known;
    if (!response.ok && !unchanged) throw new Error(`${uri} answered ${response.status}`);
    const keys = unchanged ? known.keys : keysIn(await response.json(), uri);
    kept = { keys, at, ...allowed(response.headers) };
    failure = undefined;
    return kept;
  }

  /** Simultaneous calls share one fetch. */
  function fetchOnce(): Promise<Kept> {
    fetching ??= fetchKeys()
      .catch((error: unknown) => {
        failure = { at: now().getTime(), error };
        throw error;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  }

  const failedLately = () => (failure && now().getTime() - failure.at < REFETCH_AFTER ? failure : undefined);

  async function current(): Promise<Kept> {
    const before = kept;
    if (!before) return fetchOnce();
    const age = now().getTime() - before.at;
    if (age < before.fresh) return before;
    const isSpare = age < before.fresh + before.ifError;
    if (isSpare && failedLately()) return before;
    // During an outage no call waits: each would wait for as long as a fetch may take.
    const isBeside = age < before.fresh + before.whileRevalidating || (isSpare && failure !== undefined);
    const fetched = fetchOnce().catch((error: unknown) => {
      if (isSpare) return before;
      throw error;
    });
    if (!isBeside) return fetched;
    fetched.catch(() => {});
    return before;
  }

  return async (kid) => {
    const { keys, at } = await current();
    const key = keys.find((candidate) => candidate.kid === kid);
    if (key || now().getTime() - at < REFETCH_AFTER) return key;
    const failed = failedLately();
    if (failed) throw failed.error;
    // The issuer changed its key in an emergency, or the id is made up.
    const { keys: newer } = await fetchOnce();
    return newer.find((candidate) => candidate.kid === kid);
  };
}

function keysIn(document: unknown, uri: string): JWK[] {
  const { keys } = (document ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error(`${uri} does not hold a JSON Web Key Set`);
  return keys;
}

function allowed(headers: Headers): Pick<Kept, 'etag' | 'fresh' | 'whileRevalidating' | 'ifError'> {
  const directives = headers.get('cache-control') ?? '';
  const seconds = (name: string) => Number(new RegExp(`(?:^|[\\s,])${name}=(\\d+)`, 'i').exec(directives)?.[1] ?? 0);
  const forbidden = /(?:^|[\s,])no-(?:store|cache)\b/i.test(directives);
  // The time that a cache on the way has already used up.
  const used = Number(headers.get('age') ?? 0) || 0;
  return {
    etag: headers.get('etag'),
    fresh: forbidden ? 0 : Math.max(0, seconds('max-age') - used) * 1000,
    whileRevalidating: seconds('stale-while-revalidate') * 1000,
    ifError: seconds('stale-if-error') * 1000,
  };
}
