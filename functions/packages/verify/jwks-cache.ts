/**
 * An issuer's public keys as a consumer may keep them: exactly as long as the answer's Cache-Control allows, and through
 * an outage as long as its stale-if-error does.
 *
 * Sources: RFC 9111 §4.2 (freshness), RFC 5861 (stale-while-revalidate, stale-if-error), RFC 7517 §5.
 */
import type { JWK } from 'jose';

export interface JwksCacheOptions {
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

/** Finds a key by its id, or nothing; throws when the keys cannot be had. */
export type FindKey = (kid: string) => Promise<JWK | undefined>;

/** Neither a token with an unknown key id nor an issuer that does not answer is a reason to fetch more often, milliseconds. */
const REFETCH_AFTER = 30_000;
/** Milliseconds for one fetch. */
const PATIENCE = 5_000;

interface Kept {
  readonly keys: readonly JWK[];
  readonly etag: string | null;
  /** When it was asked for, milliseconds. */
  readonly at: number;
  /** Milliseconds from then on. */
  readonly fresh: number;
  readonly whileRevalidating: number;
  readonly ifError: number;
}

export function jwksCache(uri: string, { fetch, now }: JwksCacheOptions): FindKey {
  let kept: Kept | undefined;
  let fetching: Promise<Kept> | undefined;
  /** Of the last fetch, where it failed. */
  let failure: { readonly at: number; readonly error: unknown } | undefined;

  async function fetchKeys(): Promise<Kept> {
    const at = now().getTime();
    const known = kept;
    const response = await fetch(uri, {
      headers: { accept: 'application/json', ...(known?.etag ? { 'if-none-match': known.etag } : {}) },
      // The keys are where the issuer says, not where somebody sends us on to.
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

  /** Calls that come together share one fetch. */
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
    // During an outage nobody waits: each would for as long as a fetch may take.
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
    // The issuer has changed its key in an emergency, or somebody made the id up.
    const { keys: newer } = await fetchOnce();
    return newer.find((candidate) => candidate.kid === kid);
  };
}

function keysIn(document: unknown, uri: string): JWK[] {
  const { keys } = (document ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error(`${uri} holds no JSON Web Key Set`);
  return keys;
}

function allowed(headers: Headers): Pick<Kept, 'etag' | 'fresh' | 'whileRevalidating' | 'ifError'> {
  const directives = headers.get('cache-control') ?? '';
  const seconds = (name: string) => Number(new RegExp(`(?:^|[\\s,])${name}=(\\d+)`, 'i').exec(directives)?.[1] ?? 0);
  const forbidden = /(?:^|[\s,])no-(?:store|cache)\b/i.test(directives);
  // What a cache on the way has already used up.
  const used = Number(headers.get('age') ?? 0) || 0;
  return {
    etag: headers.get('etag'),
    fresh: forbidden ? 0 : Math.max(0, seconds('max-age') - used) * 1000,
    whileRevalidating: seconds('stale-while-revalidate') * 1000,
    ifError: seconds('stale-if-error') * 1000,
  };
}
