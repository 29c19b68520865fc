/** Public keys of passkeys: COSE (RFC 9053) in, what `node:crypto` verifies with out. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { JWK } from 'jose';
import { type CborMap, readWholeMap } from './cbor.ts';
import { PasskeyFault } from './fault.ts';

/** COSE algorithms, the one we would rather have first (WebAuthn L3 §5.4, `pubKeyCredParams`). */
export const coseAlgorithms = [-8, -7, -257] as const;
export type CoseAlgorithm = (typeof coseAlgorithms)[number];

const LEAST_RSA_BYTES = 256;
/** A longer one makes each check slow. */
const MOST_RSA_BYTES = 1_024;
/** 65537 has three. */
const MOST_EXPONENT_BYTES = 4;

/** Labels of RFC 9052 §7.1, RFC 9053 §7.1 and RFC 8230 §4. */
const label = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, n: -1, e: -2 } as const;

/** @throws PasskeyFault for a key of another algorithm, or none at all */
export function algorithmOf(cose: Uint8Array): CoseAlgorithm {
  const algorithm = mapOf(cose).get(label.alg);
  keyFrom(cose);
  return algorithm as CoseAlgorithm;
}

/**
 * @param signature ECDSA's as DER has it (WebAuthn L3 §6.5.5)
 * @throws PasskeyFault for a key that is none
 */
export function isSignedBy(cose: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  const hash = mapOf(cose).get(label.alg) === -8 ? null : 'sha256';
  return verify(hash, data, keyFrom(cose), signature);
}

function keyFrom(cose: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: jwkOf(mapOf(cose)), format: 'jwk' });
  } catch (error) {
    if (error instanceof PasskeyFault) throw error;
    // A point that is on no curve, for one.
    throw new PasskeyFault('its public key is none', { cause: error });
  }
}

const mapOf = (cose: Uint8Array) => readWholeMap(cose, 'its public key');

/** One form for each algorithm (WebAuthn L3 §5.8.5): a key has no other curve than that of its algorithm. */
function jwkOf(map: CborMap): JWK {
  const [kty, alg] = [map.get(label.kty), map.get(label.alg)];
  if (alg === -7 && kty === 2 && map.get(label.crv) === 1) {
    return { kty: 'EC', crv: 'P-256', x: text(map, label.x, 32), y: text(map, label.y, 32) };
  }
  if (alg === -8 && kty === 1 && map.get(label.crv) === 6) {
    const x = text(map, label.x, 32);
    if (hasSmallOrder(bytes(map, label.x))) throw new PasskeyFault('its public key has a small order');
    return { kty: 'OKP', crv: 'Ed25519', x };
  }
  if (alg === -257 && kty === 3) {
    const [n, e] = [odd(map, label.n), odd(map, label.e)];
    if (n.length < LEAST_RSA_BYTES || n.length > MOST_RSA_BYTES) throw new PasskeyFault('its RSA key has a bad length');
    // With 1, anybody signs; with a longer one, each check is slow.
    if (e.length > MOST_EXPONENT_BYTES || (e.length === 1 && e[0] === 1))
      throw new PasskeyFault('its RSA exponent is bad');
    return { kty: 'RSA', n: base64url(n), e: base64url(e) };
  }
  throw new PasskeyFault('its algorithm is none of ours');
}

function text(map: CborMap, name: number, length: number): string {
  const value = bytes(map, name);
  if (value.length !== length) throw new PasskeyFault('its public key has a bad length');
  return base64url(value);
}

const PRIME = 2n ** 255n - 19n;

/**
 * True of the points of Ed25519 whose order divides 8, however they are spelled: one signature fits many messages with them, or
 * all, so anybody signs. On −x² + y² = 1 + dx²y² (RFC 8032 §5.1, d = −121665/121666) these have y = 0, 1 or −1, or double
 * to y = 0, where x² = −y².
 */
function hasSmallOrder(point: Uint8Array): boolean {
  const reversed = Buffer.from(point).reverse();
  // The sign of x.
  reversed[0] = (reversed[0] ?? 0) & 0x7f;
  const y = BigInt(`0x${reversed.toString('hex')}`);
  const square = (y * y) % PRIME;
  return square <= 1n || (121_665n * square * square - 243_332n * square + 121_666n) % PRIME === 0n;
}

/** A number of an RSA key, in as few bytes as it takes (RFC 8230 §4): zeros before it would make a short key look long. */
function odd(map: CborMap, name: number): Uint8Array {
  const value = bytes(map, name);
  if (!value[0] || (value.at(-1) ?? 0) % 2 === 0) throw new PasskeyFault('its RSA key is none');
  return value;
}

function bytes(map: CborMap, name: number): Uint8Array {
  const value = map.get(name);
  if (!(value instanceof Uint8Array)) throw new PasskeyFault('its public key is not whole');
  return value;
}

const base64url = (value: Uint8Array) => Buffer.from(value).toString('base64url');
