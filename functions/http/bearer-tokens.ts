/**
 * Bearer tokens, verified here with the stage's public keys in memory: no call to anything when warm (S12 to S17).
 * The rules are those that every consumer goes by (functions/packages/verify).
 */
import type { JwksPublicKey } from '../contracts/http.ts';
import type { AccessClaims, MachineClaims } from '../domain/access-token.ts';
import { demandedAcr } from '../domain/authentication-level.ts';
import { lacking, Problem } from '../domain/problem.ts';
import { ownResources } from '../domain/protected-resource.ts';
import type { Settings } from '../domain/settings.ts';
import { stepUp } from '../domain/step-up.ts';
import { bearerToken, type FindKey, TokenError, verifyAnyToken } from '../packages/verify/index.ts';

export interface BearerTokens {
  /**
   * Who may call `/v1`: people, by tokens of the JSON door, or of a client with the scope `account` (S76). To have our
   * audience is not enough.
   * @param authorization the header's value; tokens are read from nowhere else (S16)
   * @throws Problem TOKEN_INVALID, TOKEN_EXPIRED, INSUFFICIENT_SCOPE
   */
  authenticate(authorization: string | undefined, now: Date): Promise<AccessClaims>;
  /**
   * As {@link BearerTokens.authenticate}, where a second factor is set up, and for what the person needs until then: also by
   * a token that opens nothing else (S86).
   */
  authenticateEnrolling(authorization: string | undefined, now: Date): Promise<AccessClaims>;
  /** @returns null for what is no valid access token of a person, for us, where that is an answer and not a problem */
  findClaims(token: string, now: Date): Promise<AccessClaims | null>;
  /**
   * A token of a person or a machine, whomever it is meant for: for those who ask us what one is worth.
   * @throws Problem TOKEN_INVALID, TOKEN_EXPIRED
   */
  read(token: string, now: Date): Promise<AccessClaims | MachineClaims>;
}

/** A machine has no session. */
export const isMachine = (claims: AccessClaims | MachineClaims): claims is MachineClaims => !('sid' in claims);

export function bearerTokens(
  publishedKeys: () => Promise<readonly JwksPublicKey[]>,
  { issuer, audience, clockSkewSeconds }: Pick<Settings, 'issuer' | 'audience' | 'clockSkewSeconds'>,
): BearerTokens {
  const publishedKey: FindKey = async (kid) => (await publishedKeys()).find((key) => key.kid === kid);

  async function verify(token: string, now: Date, expected: { readonly audience?: string | readonly string[] }) {
    try {
      const claims = await verifyAnyToken(token, publishedKey, { issuer, ...expected, clockSkewSeconds, now });
      return claims as AccessClaims | MachineClaims;
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      throw new Problem(error.code === 'TOKEN_EXPIRED' ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
    }
  }

  /** For this service: the stage's audience; or what a client has asked for by our own address (RFC 8707). */
  async function ofPerson(authorization: string | undefined, now: Date): Promise<AccessClaims> {
    const claims = await verify(tokenIn(authorization), now, { audience: [audience, ...ownResources(issuer)] });
    const isAsked = claims.scope !== undefined || [claims.aud].flat().includes(audience);
    if (!isAsked && !enrolsOnly(claims)) throw new Problem('TOKEN_INVALID');
    if (isMachine(claims) || !opensAccount(claims)) throw lacking('account');
    return claims;
  }
  /** A client's has a scope. */
  const enrolsOnly = ({ scope, aud }: Pick<AccessClaims, 'scope' | 'aud'>) => scope === undefined && aud === issuer;

  return {
    async authenticate(authorization, now) {
      const claims = await ofPerson(authorization, now);
      if (enrolsOnly(claims)) throw stepUp(claims, { acr: demandedAcr });
      return claims;
    },
    authenticateEnrolling: ofPerson,
    async findClaims(token, now) {
      try {
        const claims = await verify(token, now, { audience });
        return isMachine(claims) ? null : claims;
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
    read: (token, now) => verify(token, now, {}),
  };
}

/** @throws Problem TOKEN_INVALID where there is none */
export function tokenIn(authorization: string | undefined): string {
  const token = bearerToken(authorization);
  if (!token) throw new Problem('TOKEN_INVALID', { detail: 'A bearer token is needed.', tokenSent: false });
  return token;
}

/** A token of the JSON door has no scope at all; a client's has, if it was given none. */
const opensAccount = ({ scope }: AccessClaims) => scope === undefined || scope.split(' ').includes('account');
