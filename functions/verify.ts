/**
 * Verifies this service's access tokens in another service: signature, issuer, audience, times, and what the caller may
 * do. Exported from the package; needs nothing but jose.
 *
 * ```ts
 * const verify = verifier({ issuer: 'https://id.example.com', audience: 'huleedu-platform' });
 * const { sub, org_id } = await verify(bearerToken(request.headers.authorization), { roles: ['teacher'] });
 * ```
 *
 * Sources: RFC 8725 §3, RFC 9068 §4, RFC 6750 §2.1.
 */
import { errors, importJWK, type JWK, type JWTHeaderParameters, jwtVerify } from 'jose';
import { type FindKey, jwksCache } from './jwks-cache.ts';

export type { FindKey } from './jwks-cache.ts';

/** What a verified token says. */
export interface VerifiedClaims {
  readonly iss: string;
  /** The user. */
  readonly sub: string;
  readonly aud: string | string[];
  /** Seconds since the epoch, as `iat`. */
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  /** The session. */
  readonly sid: string;
  readonly org_id: string | null;
  /** Those in the organisation, and platform roles with `platform:` before them. */
  readonly roles: readonly string[];
  readonly email_verified: boolean;
}

/** What a token must say beyond being valid. */
export interface Demands {
  /** One of these roles at least. */
  readonly roles?: readonly string[];
  /** The active organisation. */
  readonly orgId?: string;
}

export interface VerifierOptions extends Demands {
  /** The service's base URL, exactly as `iss` has it. */
  readonly issuer: string;
  readonly audience: string;
  /** `<issuer>/.well-known/jwks.json` unless said otherwise. */
  readonly jwksUri?: string;
  /** How far clocks may be apart, seconds; 30. */
  readonly clockSkewSeconds?: number;
  /** The time, for tests. */
  readonly clock?: () => Date;
  readonly fetch?: typeof fetch;
}

/**
 * | code | what to answer |
 * |---|---|
 * | TOKEN_INVALID, TOKEN_EXPIRED | 401 with `WWW-Authenticate: Bearer error="invalid_token"` |
 * | FORBIDDEN | 403: the token is valid, its bearer may not do this |
 * | KEYS_UNAVAILABLE | 503: the public keys cannot be had, and none are left in memory |
 */
export type TokenErrorCode = 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'FORBIDDEN' | 'KEYS_UNAVAILABLE';

export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code: TokenErrorCode;

  constructor(code: TokenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @throws TokenError */
export type Verify = (token: string | undefined, demands?: Demands) => Promise<VerifiedClaims>;

/** Make one for the whole process: it keeps the issuer's public keys, as long as their Cache-Control allows. */
export function verifier(options: VerifierOptions): Verify {
  const { issuer, audience, clock = () => new Date(), jwksUri = `${issuer}/.well-known/jwks.json` } = options;
  const cached = jwksCache(jwksUri, { fetch: options.fetch ?? fetch, now: clock });
  const findKey: FindKey = (kid) =>
    cached(kid).catch((cause: unknown) => {
      throw new TokenError('KEYS_UNAVAILABLE', 'the public keys cannot be had', { cause });
    });
  return async (token, demands = {}) => {
    const { clockSkewSeconds = 30 } = options;
    const claims = await verifyToken(token, findKey, { issuer, audience, clockSkewSeconds, now: clock() });
    demand(claims, options);
    demand(claims, demands);
    return claims;
  };
}

/** RFC 6750 §2.1, b64token; bounded, since nobody's token is that long. */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]{1,8192}=*)$/i;

/** The token in an Authorization header, which is the only place to take one from (S16). */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  BEARER.exec(authorization ?? '')?.[1];

export interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly clockSkewSeconds: number;
  readonly now: Date;
}

/** @throws TokenError TOKEN_INVALID, TOKEN_EXPIRED; whatever `findKey` does */
export async function verifyToken(
  token: string | undefined,
  findKey: FindKey,
  { issuer, audience, clockSkewSeconds, now }: Expected,
): Promise<VerifiedClaims> {
  if (!token) throw new TokenError('TOKEN_INVALID', 'a bearer token is needed');
  try {
    const { payload } = await jwtVerify(token, keyOf(findKey), {
      algorithms: ['RS256'],
      typ: 'at+jwt',
      issuer,
      audience,
      requiredClaims: ['sub', 'aud', 'exp', 'iat', 'jti', 'sid'],
      clockTolerance: clockSkewSeconds,
      currentDate: now,
      // No token is valid for longer (`accessTokenSeconds`); and with it, one from the future is refused.
      maxTokenAge: 3600,
    });
    return payload as unknown as VerifiedClaims;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new TokenError('TOKEN_EXPIRED', 'the token has expired');
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
    throw new TokenError('TOKEN_INVALID', error.message);
  }
}

/** By key id among the issuer's own; `jku`, `x5u` and `jwk` in the header are not looked at (S15). */
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

function demand({ roles = [], org_id }: VerifiedClaims, { roles: demanded, orgId }: Demands): void {
  if (demanded && !demanded.some((role) => roles.includes(role))) {
    throw new TokenError('FORBIDDEN', `one of these roles is needed: ${demanded.join(', ')}`);
  }
  if (orgId !== undefined && org_id !== orgId) {
    throw new TokenError('FORBIDDEN', 'the token is for another organisation');
  }
}
