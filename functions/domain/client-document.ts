/**
 * Clients whose id is the address of a document that says what they are: nobody registers them anywhere.
 *
 * Source: draft-ietf-oauth-client-id-metadata-document, "Client Identifier" and "Client Information Discovery".
 */
import type { ClientId } from './ids.ts';
import { isLoopback } from './redirect-uri.ts';
import type { Settings } from './settings.ts';

/** Characters: it is a key of several tables. */
const MOST_ID = 1_000;
export const MOST_DOCUMENT_BYTES = 5 * 1024;

/** Seconds that a document counts, if it says how long at all. */
const FRESH = { least: 5 * 60, usual: 60 * 60, most: 24 * 60 * 60 };

/** A client of another kind has an id that is no address. */
export const isAddress = (clientId: ClientId): boolean => /^https?:\/\//.test(clientId);

/**
 * Whether it is an address that a document may be at: https, with a path, without fragment, user name and dot segments, and
 * written as a browser would write it, so that one document has one id. On the local host alone also a loopback address.
 * Nobody's document is at our own.
 */
export function isDocumentId(clientId: ClientId, { issuer }: Pick<Settings, 'issuer'>): boolean {
  if (clientId.length > MOST_ID || !/^[!-~]+$/.test(clientId) || !URL.canParse(clientId)) return false;
  const { href, protocol, username, password, pathname, origin } = new URL(clientId);
  const isLocal = protocol === 'http:' && isLoopback(clientId) && isLoopback(issuer);
  return (
    (protocol === 'https:' || isLocal) &&
    // Dot segments, and what else there is of other spellings, are not in it any more.
    href === clientId &&
    !/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(pathname) &&
    `${username}${password}` === '' &&
    !clientId.includes('#') &&
    pathname !== '/' &&
    origin !== new URL(issuer).origin
  );
}

/** @param cacheControl of the document's answer (RFC 9111 §5.2.2) */
export function freshUntil(cacheControl: string, now: Date): Date {
  const [, age] = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(cacheControl) ?? [];
  const isForbidden = /(?:^|[\s,])no-(?:store|cache)\b/i.test(cacheControl);
  const seconds = isForbidden ? 0 : age === undefined ? FRESH.usual : Number(age);
  return new Date(now.getTime() + Math.min(Math.max(seconds, FRESH.least), FRESH.most) * 1000);
}

/**
 * JSON, of which the database takes each text: no U+0000, no half of a pair.
 * @returns null for anything else
 */
export function documentIn(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return /\\u(0000|d[89a-f])/i.test(JSON.stringify(value)) ? null : (value as Record<string, unknown>);
  } catch {
    return null;
  }
}
