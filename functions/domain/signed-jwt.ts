/** A JWT that somebody else has signed: what it says of itself, and whether one of that party's keys has signed it. */
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWK,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { type KeyAlgorithm, usableKeys } from './client-keys.ts';

/** Not verified: to find the keys by. */
export interface ReadJwt {
  readonly algorithm: string;
  readonly kid: string | undefined;
  readonly claims: JWTPayload;
}

/** @returns null for what is no JWT */
export function readJwt(jwt: string): ReadJwt | null {
  try {
    const { alg = '', kid } = decodeProtectedHeader(jwt);
    if (kid !== undefined && typeof kid !== 'string') return null;
    return { algorithm: alg, kid, claims: decodeJwt(jwt) };
  } catch {
    return null;
  }
}

/**
 * @param algorithms what may be: the header alone does not choose (RFC 8725 §3.1)
 * @returns null unless one of the keys that fit has signed it and the options hold
 */
export async function verifyJwt(
  jwt: string,
  { algorithm, kid }: Pick<ReadJwt, 'algorithm' | 'kid'>,
  keys: readonly JWK[],
  algorithms: readonly KeyAlgorithm[],
  options: JWTVerifyOptions,
): Promise<JWTPayload | null> {
  const asked = algorithms.filter((name) => name === algorithm);
  for (const key of usableKeys({ keys }, asked)) {
    if (kid !== undefined && key.kid !== kid) continue;
    const payload = await payloadBy(key, jwt, algorithm, { ...options, algorithms: asked });
    if (payload) return payload;
  }
  return null;
}

async function payloadBy(key: JWK, jwt: string, algorithm: string, options: JWTVerifyOptions) {
  try {
    return (await jwtVerify(jwt, await importJWK(key, algorithm), options)).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || isOfCrypto(error)) return null;
    throw error;
  }
}

/** Of a key that looks like one, and is none. */
const isOfCrypto = (error: unknown) => error instanceof DOMException;
