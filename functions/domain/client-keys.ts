/** Public keys by which clients sign what shows who they are (RFC 7517; OpenID Connect Core §9, private_key_jwt). */
import type { JWK } from 'jose';

/** The kind of key that each algorithm takes: never `none`, never a shared secret (RFC 8725 §3.1). */
const kinds = { RS256: 'RSA', PS256: 'RSA', ES256: 'P-256', ES384: 'P-384', EdDSA: 'Ed25519' } as const;
export type KeyAlgorithm = keyof typeof kinds;
/** Those of the tokens of issuers that a stage trusts (domain/trusted-issuer.ts). */
export const issuerAlgorithms = Object.keys(kinds) as KeyAlgorithm[];

/** What a client may sign its own assertion with. */
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

/** @returns what is wrong with a key set that somebody gave, as the end of a sentence; null if nothing is */
export function keySetFault(value: unknown, algorithms: readonly KeyAlgorithm[] = assertionAlgorithms): string | null {
  const keys = (value as Partial<KeySet> | null)?.keys;
  if (!Array.isArray(keys)) return 'must be a JSON Web Key Set: {"keys": […]}';
  if (keys.length === 0 || keys.length > MOST_KEYS) return `must have 1 to ${MOST_KEYS} keys`;
  for (const [index, key] of keys.entries()) {
    const fault = keyFault(key, algorithms);
    if (fault) return `has a fault in its key ${index}: it ${fault}`;
  }
  const kids = keys.map(({ kid }) => kid);
  if (keys.length > 1 && (kids.includes(undefined) || new Set(kids).size < kids.length)) {
    return 'must give each of several keys a kid of its own';
  }
  return null;
}

/** @returns those of a key set that can check a signature by one of the algorithms; the others are another use's */
export const usableKeys = ({ keys }: KeySet, algorithms: readonly KeyAlgorithm[]): JWK[] =>
  keys.filter((key) => keyFault(key, algorithms) === null);

function keyFault(key: unknown, algorithms: readonly KeyAlgorithm[]): string | null {
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
  const named = algorithms.filter((name) => (alg ?? name) === name);
  if (named.length === 0) return `must be for one of ${algorithms.join(', ')}`;
  const curves: readonly unknown[] = named.map((name) => kinds[name]);
  if (kty === 'RSA' && curves.includes('RSA')) return rsaFault(n, e);
  const isPoint = (kty === 'EC' && isText(y)) || (kty === 'OKP' && y === undefined);
  return isPoint && isText(x) && curves.includes(crv) ? null : `must be a key for ${named.join(' or ')}`;
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
