/** A token as a request brings it: as a Bearer, or with the proof that it is bound to (RFC 9449 §7). */
import type { MachineClaims, VerifiedClaims } from './claims.ts';
import { type Proof, readProof } from './dpop-proof.ts';
import type { FindKey } from './jwks-cache.ts';
import { isDpop } from './proof-algorithms.ts';
import { TokenError } from './token-error.ts';
import { type Any, bearerToken, dpopToken, verifyAnyToken } from './verify-token.ts';

export interface PresentedRequest {
  /** The header's value. */
  readonly authorization: string | undefined;
  /** The header's value. One that came twice, joined by a comma or as a list, is refused. */
  readonly dpop: string | readonly string[] | undefined;
  readonly method: string;
  /** As the client sees it, whatever proxies stand between; from configuration, since anybody may write a Host header. */
  readonly url: string;
}

/**
 * @returns the claims, and what is left to be asked of the proof: whether it came before; null of a Bearer
 * @throws TokenError; whatever `findKey` throws
 */
export async function verifyPresented(
  { authorization, dpop, method, url }: PresentedRequest,
  findKey: FindKey,
  expected: Any,
): Promise<{ readonly claims: VerifiedClaims | MachineClaims; readonly proof: Proof | null }> {
  if (!isDpop(authorization)) {
    return { claims: await verifyAnyToken(bearerToken(authorization), findKey, expected), proof: null };
  }
  const token = dpopToken(authorization);
  const claims = await verifyAnyToken(token, findKey, { ...expected, bound: 'taken' });
  // §7.1: a token that is bound to no key is no better for a proof beside it.
  if (typeof claims.cnf?.jkt !== 'string') throw bad('the token is not bound to a key');
  const proof = await readProof(typeof dpop === 'object' ? dpop.join() : dpop, {
    method,
    url,
    token: token ?? '',
    now: expected.now,
  });
  if (proof.jkt !== claims.cnf.jkt) throw bad('the token is bound to another key');
  return { claims, proof };
}

const bad = (why: string) => new TokenError('TOKEN_INVALID', why, { scheme: 'DPoP' });
