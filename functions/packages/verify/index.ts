/**
 * Verifies this service's access tokens in another service: signature, issuer, audience, times, and what the caller may
 * do. It is exported from the package and needs only jose.
 *
 * ```ts
 * const verify = verifier({ issuer: 'https://id.example.com', audience: 'huleedu-platform' });
 * const { sub } = await verify(bearerToken(request.headers.authorization), { roles: ['teacher'], orgId: essay.orgId });
 * ```
 *
 * Sources: RFC 8725 §3, RFC 9068 §4, RFC 6750 §2.1.
 */
import { errors, importJWK, type JWK, type JWTHeaderParameters, jwtVerify } from 'jose';
import type { VerifiedClaims } from './claims.ts';
import { assertKnown, assertRoles, checkDemands, copyOf, type Demands, type DemandsWithin } from './demands.ts';
import { type FindKey, jwksCache } from './jwks-cache.ts';
import { TokenError } from './token-error.ts';

export type { VerifiedClaims } from './claims.ts';
export type { Demands, DemandsWithin, PlatformRole } from './demands.ts';
export type { FindKey } from './jwks-cache.ts';
export { TokenError, type TokenErrorCode } from './token-error.ts';

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
  readonly fetch?: typeof fetch;
}
const ISSUER_OPTIONS = ['issuer', 'audience', 'jwksUri', 'clockSkewSeconds', 'clock', 'fetch'];
const DEMANDS = ['roles', 'orgId'];

/** Demands made here apply to every token, beside those of a call. */
export type VerifierOptions = Issuer & Demands;

/** @throws TokenError; TypeError for demands that make no sense, whatever the token */
export type Verify<D = Demands> = (token: string | undefined, demands?: D) => Promise<VerifiedClaims>;

/**
 * Make one for the whole process: it keeps the issuer's public keys as long as their Cache-Control allows.
 * @throws TypeError that names the option: a missing issuer or audience would let every token in
 */
export function verifier(options: Issuer & DemandsWithin & { readonly orgId: string }): Verify<DemandsWithin>;
export function verifier(options: VerifierOptions): Verify;
export function verifier(options: Issuer & DemandsWithin): Verify<DemandsWithin> {
  assertKnown(options, [...ISSUER_OPTIONS, ...DEMANDS]);
  const { clockSkewSeconds = 30, clock = () => new Date() } = options;
  const { issuer, audience } = checked({ issuer: options.issuer, audience: options.audience, clockSkewSeconds });
  const always = copyOf(options);
  const isWithin = 'orgId' in always;
  if (isWithin) assertFilled('orgId', always.orgId);
  assertRoles(always, isWithin);

  const jwksUri = options.jwksUri === undefined ? `${issuer}/.well-known/jwks.json` : url('jwksUri', options.jwksUri);
  const cached = jwksCache(jwksUri, { fetch: options.fetch ?? fetch, now: clock });
  const findKey: FindKey = (kid) =>
    cached(kid).catch((cause: unknown) => {
      throw new TokenError('KEYS_UNAVAILABLE', 'the public keys cannot be fetched', { cause });
    });
  return async (token, given = {}) => {
    assertKnown(given, DEMANDS);
    const demands = copyOf(given);
    assertRoles(demands, isWithin || 'orgId' in demands);
    const claims = await verifyToken(token, findKey, { issuer, audience, clockSkewSeconds, now: clock() });
    checkDemands(claims, always);
    checkDemands(claims, demands);
    return claims;
  };
}

/** RFC 6750 §2.1, b64token; the bound is longer than any token. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]{1,8192}=*$/;

/**
 * The token in an Authorization header, the only place to take one from (S16), without the white space of a pasted one.
 * Undefined if the header is missing or has another scheme.
 */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^bearer\s+(.+)$/is.exec(authorization?.trim() ?? '')?.[1];

export interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly clockSkewSeconds: number;
  readonly now: Date;
}

/**
 * Checks the options that jose, if they are missing, would not check or would take as unlimited.
 * @returns the issuer as tokens have it
 * @throws TypeError that names the option
 */
function checked({ issuer, audience, clockSkewSeconds }: Omit<Expected, 'now'>): Pick<Expected, 'issuer' | 'audience'> {
  assertFilled('audience', audience);
  if (!(typeof clockSkewSeconds === 'number' && clockSkewSeconds >= 0 && clockSkewSeconds <= 300)) {
    throw new TypeError(`clockSkewSeconds: ${JSON.stringify(clockSkewSeconds)} is not a number between 0 and 300`);
  }
  return { issuer: url('issuer', issuer).replace(/\/+$/, ''), audience };
}

function assertFilled(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '' || value.trim() !== value) {
    throw new TypeError(`${name}: ${JSON.stringify(value)} must be a text without spaces around it`);
  }
}

/** RFC 8414 §2: no query, no fragment. Plain http is for this machine and for private networks. */
function url(name: string, value: unknown): string {
  assertFilled(name, value);
  const { protocol, username, password, search, hash } = new URL(URL.canParse(value) ? value : 'none:');
  if (!['https:', 'http:'].includes(protocol) || username || password || search || hash) {
    throw new TypeError(`${name}: ${JSON.stringify(value)} is not a URL like https://id.example.com`);
  }
  return value;
}

/** @throws TokenError TOKEN_INVALID, TOKEN_EXPIRED; TypeError as {@link verifier}; whatever `findKey` throws */
export async function verifyToken(
  token: string | undefined,
  findKey: FindKey,
  { now, ...expected }: Expected,
): Promise<VerifiedClaims> {
  const { issuer, audience } = checked(expected);
  if (!token) throw new TokenError('TOKEN_INVALID', 'a bearer token is needed', { tokenSent: false });
  if (!B64TOKEN.test(token)) throw new TokenError('TOKEN_INVALID', 'this is not a token');
  try {
    const { payload } = await jwtVerify(token, keyOf(findKey), {
      algorithms: ['RS256'],
      typ: 'at+jwt',
      issuer,
      audience,
      requiredClaims: ['sub', 'aud', 'exp', 'iat', 'jti', 'sid'],
      clockTolerance: expected.clockSkewSeconds,
      currentDate: now,
      // No token is valid for longer (`accessTokenSeconds`). With it, jose also refuses a token from the future.
      maxTokenAge: 3600,
    });
    if (!hasClaims(payload)) throw new TokenError('TOKEN_INVALID', 'a claim has the wrong type');
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new TokenError('TOKEN_EXPIRED', 'the token has expired');
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
    throw new TokenError('TOKEN_INVALID', error.message);
  }
}

/** If `roles` were a string instead of a list, every role that is a part of it would match. */
function hasClaims(payload: object): payload is VerifiedClaims {
  const { sub, jti, sid, org_id = null, roles = [] } = payload as Record<keyof VerifiedClaims, unknown>;
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  return [sub, jti, sid, org_id ?? 'none'].every(isText) && Array.isArray(roles) && roles.every(isText);
}

/** Finds the key by its id among the issuer's own; `jku`, `x5u` and `jwk` in the header are ignored (S15). */
const keyOf =
  (findKey: FindKey) =>
  async ({ kid }: JWTHeaderParameters) => {
    const key = typeof kid === 'string' ? await findKey(kid) : undefined;
    if (!key) throw new errors.JWKSNoMatchingKey();
    return imported(key);
  };

/** Importing a key takes longer than a verification, so each is imported once. */
const importedKeys = new WeakMap<JWK, ReturnType<typeof importJWK>>();
function imported(key: JWK): ReturnType<typeof importJWK> {
  const known = importedKeys.get(key) ?? importJWK(key, 'RS256');
  importedKeys.set(key, known);
  return known;
}
