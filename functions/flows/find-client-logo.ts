/** A client's logo: kept, or fetched by whoever asks for it first (S78). */
import { isWithin } from '../domain/age.ts';
import { type Logo, logoHash, MOST_LOGO_BYTES, readLogo } from '../domain/client-logo.ts';
import type { ClientId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { log } from '../runtime/log.ts';
import { findClientLogo, keepClientLogo } from '../store/client-logos.ts';
import type { Needing } from './needs.ts';

/** Milliseconds after which an address without a picture is asked again. */
export const ASKED_AGAIN = 10 * 60_000;

const bounds = { mostBytes: MOST_LOGO_BYTES, patience: 3_000, accept: 'image/png, image/webp, image/jpeg' };

/** Of public addresses alone (functions/runtime/fetch-public.ts). */
type Fetch = (uri: string, within: typeof bounds) => Promise<{ readonly body: Buffer }>;
type LogoNeeds = Omit<Needing<'database'>, 'settings'> & { readonly fetch: Fetch };

export interface FoundLogo {
  /** Of the client. */
  readonly name: string;
  /** Null where its address has none that is shown. */
  readonly logo: Logo | null;
}

/**
 * @param hash of the address that the client has its logo at: of no other is anything fetched
 * @throws Problem RESOURCE_NOT_FOUND
 */
export async function findLogo(
  { database, fetch }: LogoNeeds,
  { clientId, hash }: { readonly clientId: ClientId; readonly hash: string },
  now: Date,
): Promise<FoundLogo> {
  const found = await findClientLogo(database, clientId);
  if (!found || found.logo_uri === null || logoHash(found.logo_uri) !== hash) throw new Problem('RESOURCE_NOT_FOUND');
  const { name, logo_uri: logoUri, type, bytes, fetched_at } = found;
  if (type && bytes) return { name, logo: { type, bytes } };
  if (fetched_at !== null && isWithin(fetched_at, ASKED_AGAIN)) return { name, logo: null };
  const logo = await fetchLogo(fetch, clientId, logoUri);
  await keepClientLogo(database, { clientId, logoUri, logo }, now);
  return { name, logo };
}

async function fetchLogo(fetch: Fetch, clientId: ClientId, uri: string): Promise<Logo | null> {
  try {
    const { body } = await fetch(uri, bounds);
    const logo = readLogo(body);
    if (!logo) throw new Error('no still PNG, JPEG or WebP of a size that is shown');
    return logo;
  } catch (error) {
    // Ours, or Node's of a connection: neither has anything of the answer.
    log('warn', "a client's logo is not shown", { client_id: clientId, uri, reason: (error as Error).message });
    return null;
  }
}
