/** Keys and DPoP proofs of clients, as stock libraries make them (RFC 9449 §4.2). */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { v4 } from 'uuid';

export interface ProofKey {
  readonly jkt: string;
  /** With its private part. */
  readonly jwk: JWK;
  /** @param over claims that differ; undefined leaves one out */
  proof(method: string, url: string, over?: object, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** The headers of a request to a resource. */
  headers(method: string, url: string, token: string, over?: object): Promise<{ authorization: string; dpop: string }>;
}

export const hashOfToken = (token: string) => createHash('sha256').update(token).digest('base64url');

export async function proofKey(alg = 'ES256'): Promise<ProofKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const key: ProofKey = {
    jkt: await calculateJwkThumbprint(jwk),
    jwk: await exportJWK(privateKey),
    proof(htm, htu, over = {}, header = {}) {
      const claims = { jti: v4(), htm, htu, iat: Math.floor(Date.now() / 1000), ...over };
      return new SignJWT(claims as Record<string, unknown>)
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header })
        .sign(privateKey);
    },
    async headers(method, url, token, over = {}) {
      return {
        authorization: `DPoP ${token}`,
        dpop: await key.proof(method, url, { ath: hashOfToken(token), ...over }),
      };
    },
  };
  return key;
}
