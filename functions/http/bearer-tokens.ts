/**
 * Bearer tokens, verified here with the stage's public keys in memory: no call to anything when warm (S12 to S17).
 * The rules are those that every consumer goes by (functions/packages/verify).
 */
import type { JwksPublicKey } from '../contracts/http.ts';
import type { AccessClaims, MachineClaims } from '../domain/access-token.ts';
import { demandedAcr } from '../domain/authentication-level.ts';
import { useOfProof } from '../domain/dpop-proof.ts';
import type { OneUse } from '../domain/one-use.ts';
import { lacking, Problem } from '../domain/problem.ts';
import { ownResources } from '../domain/protected-resource.ts';
import type { Settings } from '../domain/settings.ts';
import { stepUp } from '../domain/step-up.ts';
import { type Any, type FindKey, TokenError, verifyAnyToken, verifyPresented } from '../packages/verify/index.ts';
import { proofProblem, sentence } from './client-proof.ts';
import type { RawRequest } from './messages.ts';

/** As a request brings it; tokens are read from nowhere else (S16). */
export type Presented = Pick<RawRequest, 'context' | 'method' | 'path' | 'headers'>;

export interface BearerTokens {
  /**
   * Who may call `/v1`: people, by tokens of the JSON door, or of a client with the scope `account` (S76). To have our
   * audience is not enough. A token that is bound to a key comes with its proof (S80).
   * @throws Problem TOKEN_INVALID, TOKEN_EXPIRED, DPOP_PROOF_INVALID, INSUFFICIENT_SCOPE
   */
  authenticate(request: Presented): Promise<AccessClaims>;
  /**
   * As {@link BearerTokens.authenticate}, where a second factor is set up, and for what the person needs until then: also by
   * a token that opens nothing else (S86).
   */
  authenticateEnrolling(request: Presented): Promise<AccessClaims>;
  /**
   * A token of a person or a machine, whomever it is meant for.
   * @throws Problem TOKEN_INVALID, TOKEN_EXPIRED, DPOP_PROOF_INVALID
   */
  authenticateAny(request: Presented): Promise<AccessClaims | MachineClaims>;
  /** @returns null for what is no valid access token of a person, for us, where that is an answer and not a problem */
  findClaims(token: string, now: Date): Promise<AccessClaims | null>;
  /**
   * A token of a person or a machine, whomever it is meant for: for those who ask us what one is worth. Nothing proves here
   * that it is theirs.
   * @throws Problem TOKEN_INVALID, TOKEN_EXPIRED
   */
  read(token: string, now: Date): Promise<AccessClaims | MachineClaims>;
}

/** A machine has no session. */
export const isMachine = (claims: AccessClaims | MachineClaims): claims is MachineClaims => !('sid' in claims);

/** @param useProof notes a proof; false for one that came before */
export function bearerTokens(
  publishedKeys: () => Promise<readonly JwksPublicKey[]>,
  useProof: (use: OneUse) => Promise<boolean>,
  { issuer, audience, clockSkewSeconds }: Pick<Settings, 'issuer' | 'audience' | 'clockSkewSeconds'>,
): BearerTokens {
  const publishedKey: FindKey = async (kid) => (await publishedKeys()).find((key) => key.kid === kid);
  const expecting = (now: Date) => ({ issuer, clockSkewSeconds, now });

  async function presented({ headers, method, path, context }: Presented, expected: Pick<Any, 'audience'> = {}) {
    // From the issuer, never from Host, which anybody may write.
    const request = { authorization: headers.authorization, dpop: headers.dpop, method, url: `${issuer}${path}` };
    const { claims, proof } = await verifyPresented(request, publishedKey, {
      ...expecting(context.now),
      ...expected,
    }).catch(sayProblem);
    if (proof && !(await useProof(useOfProof(proof)))) {
      throw new Problem('DPOP_PROOF_INVALID', { detail: 'The DPoP proof came before.' });
    }
    return claims as AccessClaims | MachineClaims;
  }

  const read = async (token: string, now: Date, expected: Pick<Any, 'audience'> = {}) =>
    (await verifyAnyToken(token, publishedKey, { ...expecting(now), ...expected, bound: 'taken' }).catch(sayProblem)) as
      | AccessClaims
      | MachineClaims;

  /** For this service: the stage's audience; or what a client has asked for by our own address (RFC 8707). */
  async function ofPerson(request: Presented): Promise<AccessClaims> {
    const claims = await presented(request, { audience: [audience, ...ownResources(issuer)] });
    const isAsked = claims.scope !== undefined || [claims.aud].flat().includes(audience);
    if (!isAsked && !enrolsOnly(claims)) throw new Problem('TOKEN_INVALID');
    if (isMachine(claims) || !opensAccount(claims)) throw lacking('account');
    return claims;
  }
  /** A client's has a scope. */
  const enrolsOnly = ({ scope, aud }: Pick<AccessClaims, 'scope' | 'aud'>) => scope === undefined && aud === issuer;

  return {
    async authenticate(request) {
      const claims = await ofPerson(request);
      if (enrolsOnly(claims)) throw stepUp(claims, { acr: demandedAcr });
      return claims;
    },
    authenticateEnrolling: ofPerson,
    authenticateAny: presented,
    async findClaims(token, now) {
      try {
        const claims = await read(token, now, { audience });
        return isMachine(claims) ? null : claims;
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
    read: (token, now) => read(token, now),
  };
}

/** @throws Problem in the place of a TokenError */
function sayProblem(error: unknown): never {
  if (!(error instanceof TokenError)) throw error;
  const { code, tokenSent, scheme, challenge } = error;
  if (!tokenSent) throw new Problem('TOKEN_INVALID', { detail: 'An access token is needed.', tokenSent: false });
  if (code === 'DPOP_PROOF_INVALID') throw proofProblem(error);
  throw new Problem(
    code === 'TOKEN_EXPIRED' ? code : 'TOKEN_INVALID',
    scheme === 'DPoP' ? { detail: sentence(error.message), headers: { 'www-authenticate': challenge } } : {},
  );
}

/** A token of the JSON door has no scope at all; a client's has, if it was given none. */
const opensAccount = ({ scope }: AccessClaims) => scope === undefined || scope.split(' ').includes('account');
