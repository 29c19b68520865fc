/**
 * Whether the session of a token has ended since, by the issuer's status lists (draft-ietf-oauth-status-list): one small
 * document for a million sessions, which is kept as long as it allows (`ttl`). So no token costs a call, and the end of a
 * session is seen within seconds.
 */
import { errors, jwtVerify } from 'jose';
import type { VerifiedClaims } from './claims.ts';
import type { FindKey } from './jwks-cache.ts';
import { TokenError } from './token-error.ts';
import { keyOf } from './verify-token.ts';

export interface StatusListOptions {
  readonly findKey: FindKey;
  /** As tokens have it. */
  readonly issuer: string;
  readonly clockSkewSeconds: number;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

/** Lists that are kept; the one that was fetched first goes first. */
const MOST_LISTS = 100;
/** Bytes of one: 32 million sessions. */
const MOST_BYTES = 4 * 2 ** 20;
/** Milliseconds for one fetch, and until the next after one that failed. */
const PATIENCE = 5_000;
const RETRY_AFTER = 2_000;

interface Kept {
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch: until when it is used without another look, and at all. */
  readonly freshUntil: number;
  readonly usableUntil: number;
}

/** @returns a function that throws TokenError TOKEN_INVALID for a token whose session has ended, STATUS_UNAVAILABLE */
export function statusLists({ findKey, issuer, clockSkewSeconds, fetch, now }: StatusListOptions) {
  const lists = new Map<string, Kept>();
  const fetching = new Map<string, Promise<Kept>>();
  const failed = new Map<string, number>();

  async function fetchList(uri: string): Promise<Kept> {
    const at = now();
    const response = await fetch(uri, {
      headers: { accept: 'application/statuslist+jwt' },
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Error(`${uri} answered ${response.status}`);
    const { payload } = await jwtVerify(await response.text(), keyOf(findKey), {
      algorithms: ['RS256'],
      typ: 'statuslist+jwt',
      subject: uri,
      requiredClaims: ['iat', 'exp', 'status_list'],
      clockTolerance: clockSkewSeconds,
      currentDate: at,
    });
    const { bits, lst } = payload.status_list as { readonly bits?: unknown; readonly lst?: unknown };
    if (bits !== 1 || typeof lst !== 'string') throw new Error(`${uri} is not a list of single bits`);
    const seconds = Number.isFinite(payload.ttl) ? Math.max(0, Number(payload.ttl)) : 0;
    return {
      bytes: await inflated(lst),
      freshUntil: at.getTime() + seconds * 1000,
      usableUntil: (payload.exp ?? 0) * 1000,
    };
  }

  /** Simultaneous calls share one fetch. */
  function fetchOnce(uri: string): Promise<Kept> {
    const running = fetching.get(uri);
    if (running) return running;
    const begun = fetchList(uri)
      .then((list) => {
        failed.delete(uri);
        lists.delete(uri);
        lists.set(uri, list);
        const [oldest = uri] = lists.keys();
        if (lists.size > MOST_LISTS) lists.delete(oldest);
        return list;
      })
      .catch((error: unknown) => {
        failed.set(uri, now().getTime());
        throw error;
      })
      .finally(() => fetching.delete(uri));
    fetching.set(uri, begun);
    return begun;
  }

  async function current(uri: string): Promise<Kept> {
    const time = now().getTime();
    const known = lists.get(uri);
    if (known && time < known.freshUntil) return known;
    const usable = known && time < known.usableUntil ? known : undefined;
    const isDown = time - (failed.get(uri) ?? Number.NEGATIVE_INFINITY) < RETRY_AFTER;
    if (isDown && usable) return usable;
    if (isDown) throw new Error(`${uri} did not answer a moment ago`);
    return fetchOnce(uri).catch((error: unknown) => {
      if (usable) return usable;
      throw error;
    });
  }

  /** A token that names no list is from before the issuer had any, and is taken. */
  return async ({ status }: Pick<VerifiedClaims, 'status'>): Promise<void> => {
    if (status === undefined) return;
    const { idx, uri } = status?.status_list ?? {};
    if (!(Number.isInteger(idx) && Number(idx) >= 0) || typeof uri !== 'string' || !uri.startsWith(`${issuer}/`)) {
      throw new TokenError('TOKEN_INVALID', 'its status names no list of the issuer');
    }
    const list = await current(uri).catch((cause: unknown) => {
      // The issuer's keys cannot be fetched: said as such.
      if (cause instanceof TokenError) throw cause;
      const reason = cause instanceof errors.JOSEError ? 'is not the issuer’s' : 'cannot be fetched';
      throw new TokenError('STATUS_UNAVAILABLE', `the list that says whether sessions have ended ${reason}`, { cause });
    });
    const byte = list.bytes[Math.floor(Number(idx) / 8)];
    if (byte === undefined) throw new TokenError('STATUS_UNAVAILABLE', 'the list is too short');
    // The first is the lowest bit (§4.1).
    if ((byte >> (Number(idx) % 8)) & 1) throw new TokenError('TOKEN_INVALID', 'the session has ended');
  };
}

/** ZLIB (RFC 1950) in base64url; a few bytes may be many when they are unpacked. */
async function inflated(list: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(list.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error('the list is too long');
    parts.push(part);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
