/**
 * OAuth clients in memory, so that a warm request asks nobody for them. A client that was removed or changed, and a secret
 * that was taken back, are known here within a minute (README, "Clients").
 */
import { v4 } from 'uuid';
import { isWithin } from '../domain/age.ts';
import type { RegisteredClient } from '../domain/client.ts';
import { type KeySet, MOST_KEYS } from '../domain/client-keys.ts';
import type { ClientId, CorrelationId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { isLoopback } from '../domain/redirect-uri.ts';
import type { Cause } from '../domain/request-context.ts';
import { type FetchPublic, fetchPublic, type PostPublic, postPublic } from '../runtime/fetch-public.ts';
import { log } from '../runtime/log.ts';
import { environmentIfSet, stageSettings } from './settings.ts';

/** Milliseconds that a client is remembered, as it was when its look-up began. */
const REMEMBERED = 60_000;
/** Milliseconds after which what a client shows, and is not remembered of it, is looked up again: guesses ask no more. */
const ANEW_AFTER = 2_000;
/** Both kinds of memory; the oldest goes first. */
const MOST = 1_000;

/** Milliseconds that fetched keys are used, and used further while their address does not answer. */
const KEYS_FRESH = 10 * 60_000;
const KEYS_KEPT = 60 * 60_000;
/** Milliseconds between two fetches for a kid that is not among them, or after one that failed. */
const KEYS_ANEW = 60_000;
const bounds = { mostBytes: 64 * 1024, patience: 3_000, accept: 'application/jwk-set+json, application/json' };

interface Known<T> {
  /** When it was asked for, milliseconds since the epoch. */
  readonly at: number;
  readonly value: T;
}

/** @param find the flow's; handed in, so that a bundle has the database that its route uses */
export const stageClients = (find: (clientId: ClientId, cause: Cause) => ReturnType<FindClient>) => ({
  find: rememberedClients((clientId) => {
    const cause = { correlationId: v4() as CorrelationId, ipAddress: null, now: new Date() };
    return find(clientId, cause);
  }),
  keysAt: remoteKeys(stageFetch()),
});

type FindClient = (clientId: ClientId) => Promise<RegisteredClient | null>;

export function rememberedClients(find: FindClient) {
  const clients = new Map<ClientId, Known<RegisteredClient>>();
  return async (clientId: ClientId, anew = false): Promise<RegisteredClient | null> => {
    const known = clients.get(clientId);
    if (known && isWithin(known.at, anew ? ANEW_AFTER : REMEMBERED)) return anew ? null : known.value;
    const at = Date.now();
    const client = await find(clientId);
    // One that is not there is not remembered: it may be made at any moment.
    if (client) keep(clients, clientId, { at, value: client });
    else clients.delete(clientId);
    return client;
  };
}

/** Whatever is fetched for somebody goes through this. `LOCAL_FETCH_ALLOW` counts on the local host alone (S78). */
export const stageFetch = (): FetchPublic => fetchPublic(locallyAllowed());
/** As {@link stageFetch}, for what is sent. */
export const stagePost = (): PostPublic => postPublic(locallyAllowed());

function locallyAllowed(): ReadonlySet<string> {
  const allowed = environmentIfSet('LOCAL_FETCH_ALLOW');
  const isLocal = isLoopback(stageSettings().issuer);
  return new Set(isLocal && allowed ? allowed.split(',') : []);
}

export function remoteKeys(fetch: FetchPublic) {
  const kept = new Map<string, Known<KeySet>>();
  const asked = new Map<string, number>();

  async function fetchKeys(name: string, uri: string, isIssuer: boolean): Promise<KeySet> {
    const at = Date.now();
    keep(asked, name, at);
    const { body } = await fetch(isIssuer ? await keysOfIssuer(fetch, uri) : uri, bounds);
    const value = keySetIn(body);
    keep(kept, name, { at, value });
    return value;
  }

  return async (uri: string, kid: string | undefined, isIssuer = false): Promise<KeySet> => {
    // Apart: a client that calls an issuer's address its keys' would fail there, and nobody would ask the issuer for a minute.
    const name = isIssuer ? `issuer ${uri}` : uri;
    const known = kept.get(name);
    const has = known?.value.keys.some((key) => kid === undefined || key.kid === kid) ?? false;
    if (known && has && isWithin(known.at, KEYS_FRESH)) return known.value;
    let cause: unknown;
    if (!isWithin(asked.get(name) ?? 0, KEYS_ANEW)) {
      try {
        return await fetchKeys(name, uri, isIssuer);
      } catch (error) {
        log('warn', 'keys could not be fetched', { uri, error });
        cause = error;
      }
    }
    if (known && isWithin(known.at, KEYS_KEPT)) return known.value;
    throw new Problem('SERVICE_UNAVAILABLE', { retryAfter: 5, cause });
  };
}

/** OpenID Connect Discovery 1.0 §4: an issuer's document names that issuer, byte by byte, and where its keys are. */
async function keysOfIssuer(fetch: FetchPublic, issuer: string): Promise<string> {
  const { body } = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, bounds);
  const document = JSON.parse(body.toString('utf8')) ?? {};
  if (document.issuer !== issuer || typeof document.jwks_uri !== 'string')
    throw new Error('not the document of this issuer');
  return document.jwks_uri;
}

/** Keys of other kinds may be among them; those are left out where they would be used (domain/client-keys.ts). */
function keySetIn(body: Buffer): KeySet {
  const { keys } = (JSON.parse(body.toString('utf8')) ?? {}) as Partial<KeySet>;
  if (!Array.isArray(keys)) throw new Error('no JSON Web Key Set');
  const given = keys.filter((key) => typeof key === 'object' && key !== null);
  return { keys: given.slice(0, 2 * MOST_KEYS) };
}

function keep<K, V>(memory: Map<K, V>, key: K, value: V): void {
  memory.delete(key);
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (memory.size > MOST && oldest !== undefined) memory.delete(oldest);
}
