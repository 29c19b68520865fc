/**
 * Bearer tokens, verified here with the stage's public keys in memory: no call to anything when warm (S12 to S17).
 *
 * Sources: RFC 6750 §2.1, RFC 8725 §3.1, RFC 9068 §4.
 */
import { errors, importJWK, type JWTHeaderParameters, jwtVerify } from 'jose';
import { publishedKeysWith } from '../aws/published-keys.ts';
import type { JwksPublicKey } from '../contracts/http.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import { Problem } from '../domain/problem.ts';
import { environment, settings } from '../settings.ts';

/** RFC 6750 §2.1, b64token; bounded, since nobody's token is that long. */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]{1,8192}=*)$/i;

/**
 * @param authorization the header's value; tokens are read from nowhere else (S16)
 * @throws Problem TOKEN_INVALID, TOKEN_EXPIRED
 */
export async function authenticate(authorization: string | undefined, now: Date): Promise<AccessClaims> {
  const token = BEARER.exec(authorization ?? '')?.[1];
  if (!token) throw new Problem('TOKEN_INVALID', { detail: 'A bearer token is needed.' });
  return verifyAccessToken(token, now);
}

/** @throws Problem TOKEN_INVALID, TOKEN_EXPIRED */
export async function verifyAccessToken(token: string, now: Date): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: ['RS256'],
      typ: 'at+jwt',
      issuer: environment('ISSUER'),
      audience: settings.audience,
      requiredClaims: ['sub', 'aud', 'exp', 'iat', 'jti', 'sid'],
      clockTolerance: settings.clockSkewSeconds,
      currentDate: now,
    });
    return payload as unknown as AccessClaims;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new Problem('TOKEN_EXPIRED');
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw new Problem('TOKEN_INVALID');
    throw error;
  }
}

/** @returns null for what is no valid access token of ours, where that is an answer and not a problem */
export async function findClaims(token: string, now: Date): Promise<AccessClaims | null> {
  try {
    return await verifyAccessToken(token, now);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

type VerifyingKey = Awaited<ReturnType<typeof importJWK>>;

/** By key id among our own; `jku`, `x5u` and `jwk` in the header are not looked at (S15). */
async function keyOf({ kid }: JWTHeaderParameters): Promise<VerifyingKey> {
  const key =
    typeof kid === 'string' ? (await publishedKeysWith(kid)).find((candidate) => candidate.kid === kid) : null;
  if (!key) throw new errors.JWKSNoMatchingKey();
  return imported(key);
}

/** Importing a key takes longer than a verification, so each is imported once; the set is as small as JWKS. */
const importedKeys = new Map<string, Promise<VerifyingKey>>();
function imported(key: JwksPublicKey): Promise<VerifyingKey> {
  const known = importedKeys.get(key.kid) ?? importJWK(key, 'RS256');
  importedKeys.set(key.kid, known);
  return known;
}
