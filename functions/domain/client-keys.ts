/** Public keys by which clients sign what shows who they are (RFC 7517; OpenID Connect Core §9, private_key_jwt). */
import type { JWK } from 'jose';

/** What an assertion may be signed with: never `none`, never a shared secret (RFC 8725 §3.1). */
export const assertionAlgorithms = ['RS256', 'PS256', 'ES256'] as const;
export type AssertionAlgorithm = (typeof assertionAlgorithms)[number];

export interface KeySet {
  readonly keys: readonly JWK[];
}

/** Two while one takes the place of the other; each is tried, so there are not many. */
export const MOST_KEYS = 10;
/** RFC 7518 §3.3. */
const LEAST_RSA_BYTES = 256;
/** A longer one makes each check slow, and so does an exponent that is no small number. */
const MOST_RSA_BYTES = 1_024;
const MOST_EXPONENT_BYTES = 8;
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** @returns what is wrong with a key set that a client gave, as the end of a sentence; null if nothing is */
export function keySetFault(value: unknown): string | null {
  const keys = (value as Partial<KeySet> | null)?.keys;
  if (!Array.isArray(keys)) return 'must be a JSON Web Key Set: {"keys": […]}';
  if (keys.length === 0 || keys.length > MOST_KEYS) return `must have 1 to ${MOST_KEYS} keys`;
  for (const [index, key] of keys.entries()) {
    const fault = keyFault(key);
    if (fault) return `has a fault in its key ${index}: it ${fault}`;
  }
  const kids = keys.map(({ kid }) => kid);
  if (keys.length > 1 && (kids.includes(undefined) || new Set(kids).size < kids.length)) {
    return 'must give each of several keys a kid of its own';
  }
  return null;
}

/** @returns those of a fetched key set that can check an assertion; the others are another use's */
export const usableKeys = ({ keys }: KeySet): JWK[] => keys.filter((key) => keyFault(key) === null);

function keyFault(key: unknown): string | null {
  if (typeof key !== 'object' || key === null) return 'must be an object';
  const { kty, crv, n, e, x, y, use, alg, kid, key_ops: operations } = key as JWK;
  if (PRIVATE.some((member) => Object.hasOwn(key, member)))
    return 'must be a public key: it has members of a private one';
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 200))
    return 'must have a kid of 200 characters at most';
  if (use !== undefined && use !== 'sig') return 'must be for signatures (use)';
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return 'must be for signatures (key_ops)';
  }
  if (alg !== undefined && !isAlgorithm(alg)) return `must be for one of ${assertionAlgorithms.join(', ')}`;
  if (kty === 'RSA') return rsaFault(n, e) ?? (alg === 'ES256' ? 'must have an alg of its kind' : null);
  if (kty === 'EC' && crv === 'P-256' && isText(x) && isText(y)) {
    return alg === undefined || alg === 'ES256' ? null : 'must have an alg of its kind';
  }
  return 'must be an RSA key, or an EC key on P-256';
}

function rsaFault(n: unknown, e: unknown): string | null {
  if (!isText(n) || !isText(e)) return 'must have n and e in base64url';
  if (Buffer.from(e, 'base64url').length > MOST_EXPONENT_BYTES)
    return `must have an e of ${MOST_EXPONENT_BYTES} bytes at most`;
  const bytes = Buffer.from(n, 'base64url').length;
  return bytes < LEAST_RSA_BYTES || bytes > MOST_RSA_BYTES
    ? `must have ${LEAST_RSA_BYTES * 8} to ${MOST_RSA_BYTES * 8} bits`
    : null;
}

const isText = (value: unknown): value is string => typeof value === 'string' && BASE64URL.test(value);
export const isAlgorithm = (name: string): name is AssertionAlgorithm =>
  (assertionAlgorithms as readonly string[]).includes(name);
