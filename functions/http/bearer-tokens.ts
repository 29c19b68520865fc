/**
 * Bearer tokens, verified here with the stage's public keys in memory: no call to anything when warm (S12 to S17).
 * The rules are those that every consumer goes by (functions/packages/verify).
 */
import type { JwksPublicKey } from '../contracts/http.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import { Problem } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import { bearerToken, type FindKey, TokenError, verifyToken } from '../packages/verify/index.ts';

export interface BearerTokens {
  /**
   * @param authorization the header's value; tokens are read from nowhere else (S16)
   * @throws Problem TOKEN_INVALID, TOKEN_EXPIRED
   */
  authenticate(authorization: string | undefined, now: Date): Promise<AccessClaims>;
  /** @returns null for what is no valid access token of ours, where that is an answer and not a problem */
  findClaims(token: string, now: Date): Promise<AccessClaims | null>;
}

export function bearerTokens(
  publishedKeys: () => Promise<readonly JwksPublicKey[]>,
  { issuer, audience, clockSkewSeconds }: Pick<Settings, 'issuer' | 'audience' | 'clockSkewSeconds'>,
): BearerTokens {
  const publishedKey: FindKey = async (kid) => (await publishedKeys()).find((key) => key.kid === kid);

  async function verify(token: string, now: Date): Promise<AccessClaims> {
    try {
      return (await verifyToken(token, publishedKey, { issuer, audience, clockSkewSeconds, now })) as AccessClaims;
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      throw new Problem(error.code === 'TOKEN_EXPIRED' ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
    }
  }

  return {
    async authenticate(authorization, now) {
      const token = bearerToken(authorization);
      if (!token) throw new Problem('TOKEN_INVALID', { detail: 'A bearer token is needed.', tokenSent: false });
      return verify(token, now);
    },
    async findClaims(token, now) {
      try {
        return await verify(token, now);
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
  };
}
