/**
 * Verifies this service's access tokens in another service: signature, issuer, audience, times, and what the caller may
 * do. It is exported from the package and needs only jose.
 *
 * ```ts
 * const verify = verifier({ issuer: 'https://id.example.com', audience: 'huleedu-platform' });
 * const { sub } = await verify(bearerToken(request.headers.authorization), { roles: ['teacher'], orgId: essay.orgId });
 * ```
 *
 * | made by | takes tokens of |
 * |---|---|
 * | `verifier` | people alone: `sub` is a user |
 * | `machineVerifier` | machines alone, by client credentials: `sub` is the client |
 * | `callerVerifier` | both; `isMachine` tells them apart |
 *
 * `acr` and `maxAge` demand how surely and how lately the person signed in (RFC 9470); not of machines.
 *
 * All have the demands `scopes` and `clients` beside `roles` and `orgId`, from version 0.1.0 on. A token alone is taken as a
 * `Bearer`; one that is bound to a key (DPoP, RFC 9449) is refused so, and taken with the request that proves it:
 *
 * ```ts
 * const { authorization, dpop } = request.headers;
 * await verify({ authorization, dpop, method: request.method, url: `https://api.example.com${request.url}` });
 * ```
 *
 * Sources: RFC 8725 §3, RFC 9068 §4, RFC 6750 §2.1, RFC 9449 §7.
 */
import { isMachine, type MachineClaims, type VerifiedClaims } from './claims.ts';
import {
  assertKnown,
  assertLevel,
  assertOfClients,
  assertRoles,
  type ClientDemands,
  checkDemands,
  copyOf,
  type Demands,
  type DemandsWithin,
  demandNames,
} from './demands.ts';
import { type FindKey, jwksCache } from './jwks-cache.ts';
import { type PresentedRequest, verifyPresented } from './presented-token.ts';
import { isDpop } from './proof-algorithms.ts';
import { proofMemory, type UseProof } from './proof-memory.ts';
import { statusLists } from './status-lists.ts';
import { TokenError } from './token-error.ts';
import { assertFilled, checked, url } from './verify-token.ts';

export { type Actor, isMachine, type MachineClaims, type VerifiedClaims } from './claims.ts';
export type { ClientDemands, Demands, DemandsWithin, Level, LevelDemands, PlatformRole } from './demands.ts';
export { type Proof, type ProvenRequest, readProof } from './dpop-proof.ts';
export type { FindKey } from './jwks-cache.ts';
export { type PresentedRequest, verifyPresented } from './presented-token.ts';
export { algs, isDpop, proofAlgorithms } from './proof-algorithms.ts';
export type { UseProof } from './proof-memory.ts';
export { type ProtectedResource, type ProtectedResourceOptions, protectedResource } from './protected-resource.ts';
export { type StepUp, TokenError, type TokenErrorCode, type TokenScheme } from './token-error.ts';
export { type Any, bearerToken, type Expected, verifyAnyToken, verifyToken } from './verify-token.ts';

interface Issuer {
  /** The service's base URL, as `iss` has it; a trailing slash is ignored. */
  readonly issuer: string;
  readonly audience: string;
  /** `<issuer>/.well-known/jwks.json` by default. */
  readonly jwksUri?: string;
  /** How far clocks may differ, seconds; 30 by default. */
  readonly clockSkewSeconds?: number;
  /** The time, for tests. */
  readonly clock?: () => Date;
  /**
   * Refuse tokens of sessions that have ended, as the issuer's status lists say (its setting `statusListSeconds`). Without, a
   * token is taken until it expires.
   */
  readonly statusLists?: boolean;
  readonly fetch?: typeof fetch;
  /** Where a proof is noted, so that none comes twice. By default the process remembers; several need a place in common. */
  readonly useProof?: UseProof;
}
const ISSUER_OPTIONS = [
  'issuer',
  'audience',
  'jwksUri',
  'clockSkewSeconds',
  'clock',
  'statusLists',
  'fetch',
  'useProof',
];

/** Demands made here apply to every token, beside those of a call. */
export type VerifierOptions = Issuer & Demands;

/**
 * @param token as a bearer brought it; or the request, so that it may be bound to a key
 * @throws TokenError; TypeError for demands that make no sense, whatever the token
 */
export type Verify<D = Demands, Claims = VerifiedClaims> = (
  token: string | PresentedRequest | undefined,
  demands?: D,
) => Promise<Claims>;

/**
 * Make one for the whole process: it keeps the issuer's public keys as long as their Cache-Control allows.
 * @throws TypeError that names the option: a missing issuer or audience would let every token in
 */
export function verifier(options: Issuer & DemandsWithin & { readonly orgId: string }): Verify<DemandsWithin>;
export function verifier(options: VerifierOptions): Verify;
export function verifier(options: Issuer & DemandsWithin): Verify<DemandsWithin> {
  return verifierOf(options, demandNames, (claims) => {
    if (claims.sid === undefined) throw new TokenError('TOKEN_INVALID', 'the token is not a person’s');
    return claims;
  });
}

/** As {@link verifier}, for tokens of machines. They have no role and no organisation that could be demanded. */
export function machineVerifier(options: Issuer & ClientDemands): Verify<ClientDemands, MachineClaims> {
  return verifierOf(options, ['scopes', 'clients'], (claims) => {
    if (claims.sid !== undefined) throw new TokenError('TOKEN_INVALID', 'the token is not a machine’s');
    return claims;
  });
}

/** As {@link verifier}, for tokens of people and of machines. A machine meets no demand for a role or an organisation. */
export function callerVerifier(options: VerifierOptions): Verify<Demands, VerifiedClaims | MachineClaims> {
  return verifierOf(options, demandNames, (claims) => claims);
}

function verifierOf<Claims extends VerifiedClaims | MachineClaims>(
  options: Issuer & DemandsWithin,
  known: readonly string[],
  only: (claims: VerifiedClaims | MachineClaims) => Claims,
): Verify<DemandsWithin, Claims> {
  assertKnown(options, [...ISSUER_OPTIONS, ...known]);
  const { clockSkewSeconds = 30, clock = () => new Date() } = options;
  const { issuer, audience } = checked({ issuer: options.issuer, audience: options.audience, clockSkewSeconds });
  const always = copyOf(options);
  const isWithin = 'orgId' in always;
  if (isWithin) assertFilled('orgId', always.orgId);
  assertRoles(always, isWithin);
  assertOfClients(always);
  assertLevel(always);

  const jwksUri = options.jwksUri === undefined ? `${issuer}/.well-known/jwks.json` : url('jwksUri', options.jwksUri);
  const cached = jwksCache(jwksUri, { fetch: options.fetch ?? fetch, now: clock });
  const findKey: FindKey = (kid) =>
    cached(kid).catch((cause: unknown) => {
      throw new TokenError('KEYS_UNAVAILABLE', 'the public keys cannot be fetched', { cause });
    });
  const checkStatus = options.statusLists
    ? statusLists({ findKey, issuer, clockSkewSeconds, fetch: options.fetch ?? fetch, now: clock })
    : undefined;
  const useProof = options.useProof ?? proofMemory(clock);

  async function shownBy(request: PresentedRequest, now: Date) {
    const { claims, proof } = await verifyPresented(request, findKey, { issuer, audience, clockSkewSeconds, now });
    if (proof && !(await useProof(JSON.stringify([proof.jkt, proof.htu, proof.jti]), proof.expiresAt))) {
      throw new TokenError('DPOP_PROOF_INVALID', 'the DPoP proof came before');
    }
    return claims;
  }

  return async (token, given = {}) => {
    assertKnown(given, known);
    const demands = copyOf(given);
    assertRoles(demands, isWithin || 'orgId' in demands);
    assertOfClients(demands);
    assertLevel(demands);
    const now = clock();
    const request = typeof token === 'object' ? token : asBearer(token);
    try {
      const claims = only(await shownBy(request, now));
      const since = now.getTime() / 1000 - clockSkewSeconds;
      checkDemands(claims, always, since);
      checkDemands(claims, demands, since);
      // Last, since it alone may wait for the issuer.
      if (!isMachine(claims)) await checkStatus?.(claims);
      return claims;
    } catch (error) {
      // RFC 9449 §7.1: challenged by the scheme that it came with.
      if (error instanceof TokenError && isDpop(request.authorization)) error.scheme = 'DPoP';
      throw error;
    }
  };
}

const asBearer = (token: string | undefined): PresentedRequest => ({
  authorization: token && `Bearer ${token}`,
  dpop: undefined,
  method: '',
  url: '',
});
