/** Keys and assertions of clients, as stock libraries make them (OpenID Connect Core §9). */
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { v4 } from 'uuid';

export interface ClientKey {
  readonly jwk: JWK;
  /** @param over claims that differ; undefined leaves one out */
  sign(clientId: string, audience: unknown, over?: object, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export async function clientKey(kid: string, alg: 'RS256' | 'PS256' | 'ES256' = 'ES256'): Promise<ClientKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign(clientId, aud, over = {}, header = {}) {
      const iat = Math.floor(Date.now() / 1000);
      const claims = { iss: clientId, sub: clientId, aud, jti: v4(), iat, exp: iat + 60, ...over };
      return new SignJWT(claims as Record<string, unknown>)
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey);
    },
  };
}
