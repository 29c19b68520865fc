/**
 * Bearer tokens, verified here with the stage's public keys in memory: no call to anything when warm (S12 to S17).
 * The rules are those that every consumer goes by (functions/packages/verify).
 */
import { publishedKeys } from '../aws/published-keys.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import { Problem } from '../domain/problem.ts';
import { bearerToken, type FindKey, TokenError, verifyToken } from '../packages/verify/index.ts';
import { environment, settings } from '../runtime/settings.ts';

/**
 * @param authorization the header's value; tokens are read from nowhere else (S16)
 * @throws Problem TOKEN_INVALID, TOKEN_EXPIRED
 */
export async function authenticate(authorization: string | undefined, now: Date): Promise<AccessClaims> {
  const token = bearerToken(authorization);
  if (!token) throw new Problem('TOKEN_INVALID', { detail: 'A bearer token is needed.', tokenSent: false });
  return verifyAccessToken(token, now);
}

/** @throws Problem TOKEN_INVALID, TOKEN_EXPIRED */
export async function verifyAccessToken(token: string, now: Date): Promise<AccessClaims> {
  try {
    const claims = await verifyToken(token, publishedKey, {
      issuer: environment('ISSUER'),
      audience: settings.audience,
      clockSkewSeconds: settings.clockSkewSeconds,
      now,
    });
    return claims as AccessClaims;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    throw new Problem(error.code === 'TOKEN_EXPIRED' ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
  }
}

/** @returns null for what is no valid access token of ours, where that is an answer and not a problem */
export async function findClaims(token: string, now: Date): Promise<AccessClaims | null> {
  try {
    return await verifyAccessToken(token, now);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

const publishedKey: FindKey = async (kid) => (await publishedKeys()).find((key) => key.kid === kid);
