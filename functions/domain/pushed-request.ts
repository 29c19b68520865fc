/** The address of a pushed request (RFC 9126 §2.2): 256 random bits, of which the row has the hash. */
import { randomBytes } from 'node:crypto';
import { sha256 } from './refresh-token.ts';

const PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** How long it waits to be visited, seconds. */
export const PUSHED_SECONDS = 90;

export function newRequestUri(): { readonly uri: string; readonly hash: Buffer } {
  const secret = randomBytes(32).toString('base64url');
  return { uri: PREFIX + secret, hash: sha256(Buffer.from(secret)) };
}

/** @returns the row's hash; null for an address of somebody else's */
export const readRequestUri = (uri: string): Buffer | null =>
  uri.startsWith(PREFIX) ? sha256(Buffer.from(uri.slice(PREFIX.length))) : null;
