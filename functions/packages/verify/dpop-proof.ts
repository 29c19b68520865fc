/**
 * DPoP proofs (RFC 9449 §4): whoever sends a request shows that it holds a key. A token that is bound to the key is of no
 * use to anybody else.
 */
import { base64url, calculateJwkThumbprint, errors, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { proofAlgorithms } from './proof-algorithms.ts';
import { TokenError } from './token-error.ts';

/** Seconds, from when a proof was made. Clocks of browsers are not all right. */
const PAST = 60;
const FUTURE = 30;

/** Three parts of base64url; longer than a proof by any key that is taken. */
const PROOF = /^(?=.{1,6000}$)[\w-]+\.[\w-]+\.[\w-]+$/;
const BASE64URL = /^[\w-]+$/;
const MOST_JTI = 500;
/** Characters of base64url: 4,096 bits, and an exponent that is a small number: checking takes long otherwise. */
const MOST_MODULUS = 683;
const MOST_EXPONENT = 6;

/** Members of each kind's public key (RFC 7518 §6, RFC 8037 §2), which are all that counts. */
const members: Readonly<Record<string, readonly (keyof JWK)[]>> = {
  EC: ['crv', 'x', 'y'],
  RSA: ['n', 'e'],
  OKP: ['crv', 'x'],
};
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

export interface ProvenRequest {
  readonly method: string;
  /** As the client sees it, whatever proxies stand between. Query and fragment do not count. */
  readonly url: string;
  /** The token that comes with it, at a resource. */
  readonly token?: string;
  readonly now: Date;
}

/** Of a proof that is right in all but one thing: whether it came before, by its `jti` for this key and this URI (§11.1). */
export interface Proof {
  /** The key's thumbprint (RFC 7638), as `cnf.jkt` has it. */
  readonly jkt: string;
  readonly htu: string;
  readonly jti: string;
  /** By any clock it would not be taken after that. */
  readonly expiresAt: Date;
}

const refusal = (why: string) => new TokenError('DPOP_PROOF_INVALID', why, { scheme: 'DPoP' });

/**
 * @param proof the value of the one header `DPoP`
 * @throws TokenError DPOP_PROOF_INVALID
 */
export async function readProof(proof: string | undefined, request: ProvenRequest): Promise<Proof> {
  if (proof === undefined || proof === '') throw refusal('a DPoP proof is needed');
  if (!PROOF.test(proof)) throw refusal('the DPoP proof is not one JWT');
  let key: JWK | undefined;
  try {
    const { payload } = await jwtVerify(
      proof,
      ({ jwk, alg = '' }) => {
        key = publicKey(jwk);
        return importJWK(key, alg);
      },
      { typ: 'dpop+jwt', algorithms: [...proofAlgorithms], currentDate: request.now },
    );
    return await shown(payload, await calculateJwkThumbprint(key ?? {}), request);
  } catch (error) {
    if (!isOfProof(error)) throw error;
    throw refusal('the DPoP proof is not signed by the key that it names');
  }
}

/** What jose and the platform's own cryptography say of a key or signature that is none. */
const isOfProof = (error: unknown) =>
  error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException;

/** The least that makes the key: what else stands beside it is nobody's (§4.3, 7: no private part). */
function publicKey(jwk: unknown): JWK {
  if (typeof jwk !== 'object' || jwk === null) throw refusal('the DPoP proof names no key');
  const { kty = '', n = '', e = '' } = jwk as JWK;
  const names = Object.hasOwn(members, kty) ? (members[kty] ?? []) : [];
  const values = names.map((name) => (jwk as JWK)[name]);
  if (names.length === 0 || !values.every((value) => typeof value === 'string' && BASE64URL.test(value))) {
    throw refusal('the DPoP proof names no public key');
  }
  if (PRIVATE.some((name) => Object.hasOwn(jwk, name))) throw refusal('the DPoP proof shows a private key');
  if (n.length > MOST_MODULUS || e.length > MOST_EXPONENT) throw refusal('the key of the DPoP proof is too long');
  return { kty, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) };
}

/** §4.3, from 8 on. */
async function shown(
  { jti, htm, htu, iat, ath }: JWTPayload,
  jkt: string,
  { method, url, token, now }: ProvenRequest,
): Promise<Proof> {
  if (typeof jti !== 'string' || jti === '' || jti.length > MOST_JTI) throw refusal('the DPoP proof has no jti');
  if (htm !== method) throw refusal('the DPoP proof is for another method');
  const uri = comparable(url);
  if (typeof htu !== 'string' || comparable(htu) !== uri) throw refusal('the DPoP proof is for another URI');
  const age = now.getTime() / 1000 - (typeof iat === 'number' ? iat : Number.NaN);
  if (!(age <= PAST && age >= -FUTURE)) throw refusal('the DPoP proof is not from now');
  if (token !== undefined && ath !== (await hashOf(token))) {
    throw refusal('the DPoP proof is for another token');
  }
  return { jkt, jti, htu: uri, expiresAt: new Date(Math.ceil(now.getTime() / 1000 - age + PAST + FUTURE) * 1000) };
}

const hashOf = async (token: string) =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))));

/**
 * By RFC 3986 §6.2.2 and §6.2.3, without query and fragment. Percent signs are decoded whole, since gateways hand a path on
 * decoded.
 */
function comparable(uri: string): string {
  try {
    const { origin, pathname } = new URL(uri);
    return `${origin}${decodeURIComponent(pathname)}`;
  } catch {
    return `no URI: ${uri}`;
  }
}
