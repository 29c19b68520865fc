/**
 * The session of a browser, for the hosted pages: a row of `sessions` of the kind `browser`. Its cookie is
 * `session_id ‖ secret`, base64url: the id finds the row, the secret, 256 random bits, opens it, and the row has only its
 * hash.
 */
import { randomBytes } from 'node:crypto';
import { stringify as formatUuid, parse as parseUuid } from 'uuid';
import type { ClientId, SessionId } from './ids.ts';
import { sha256 } from './refresh-token.ts';

const ID_BYTES = 16;
const SECRET_BYTES = 32;

export interface BrowserCookie {
  readonly sessionId: SessionId;
  /** SHA-256 of the secret, as the row holds it. */
  readonly hash: Buffer;
}

/** @returns the cookie's value, and what the row has of it */
export function newBrowserCookie(sessionId: SessionId): BrowserCookie & { readonly value: string } {
  const secret = randomBytes(SECRET_BYTES);
  return {
    sessionId,
    hash: sha256(secret),
    value: Buffer.concat([parseUuid(sessionId), secret]).toString('base64url'),
  };
}

/** @returns null for what no cookie of ours has */
export function readBrowserCookie(value: string | undefined): BrowserCookie | null {
  if (value === undefined) return null;
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length !== ID_BYTES + SECRET_BYTES || bytes.toString('base64url') !== value) return null;
  try {
    return {
      sessionId: formatUuid(bytes.subarray(0, ID_BYTES)) as SessionId,
      hash: sha256(bytes.subarray(ID_BYTES)),
    };
  } catch {
    // Sixteen bytes that are no UUID.
    return null;
  }
}

/**
 * `sid` of ID tokens and logout tokens: another one for each client, so that two clients cannot compare whom they have
 * (OpenID Connect Front-Channel Logout §3). The row's hash, which no client sees, is the key.
 */
export const sidOf = ({ hash }: Pick<BrowserCookie, 'hash'>, clientId: ClientId): string =>
  sha256(Buffer.concat([hash, Buffer.from(clientId)])).toString('base64url');
