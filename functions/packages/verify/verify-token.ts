/** One token: its signature, and the claims that every token has. What it must have beyond that is in demands.ts. */
import { errors, importJWK, type JWK, type JWTHeaderParameters, jwtVerify } from 'jose';
import { type Actor, isMachine, type MachineClaims, type VerifiedClaims } from './claims.ts';
import type { FindKey } from './jwks-cache.ts';
import { TokenError } from './token-error.ts';

/** RFC 6750 §2.1, b64token; the bound is longer than any token. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]{1,8192}=*$/;

/**
 * The token in an Authorization header, the only place to take one from (S16), without the white space of a pasted one.
 * Undefined if the header is missing or has another scheme.
 */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  tokenAfter(/^bearer\s+(.+)$/is, authorization);

/** The same of the scheme for tokens that come with a proof (RFC 9449 §7.1). */
export const dpopToken = (authorization: string | undefined): string | undefined =>
  tokenAfter(/^dpop\s+(.+)$/is, authorization);

const tokenAfter = (scheme: RegExp, authorization = '') => scheme.exec(authorization.trim())?.[1];

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
export function checked({
  issuer,
  audience,
  clockSkewSeconds,
}: Omit<Expected, 'now'>): Pick<Expected, 'issuer' | 'audience'> {
  assertFilled('audience', audience);
  if (!(typeof clockSkewSeconds === 'number' && clockSkewSeconds >= 0 && clockSkewSeconds <= 300)) {
    throw new TypeError(`clockSkewSeconds: ${JSON.stringify(clockSkewSeconds)} is not a number between 0 and 300`);
  }
  return { issuer: url('issuer', issuer).replace(/\/+$/, ''), audience };
}

export function assertFilled(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '' || value.trim() !== value) {
    throw new TypeError(`${name}: ${JSON.stringify(value)} must be a text without spaces around it`);
  }
}

/** RFC 8414 §2: no query, no fragment. Plain http is for this machine and for private networks. */
export function url(name: string, value: unknown): string {
  assertFilled(name, value);
  const { protocol, username, password, search, hash } = new URL(URL.canParse(value) ? value : 'none:');
  if (!['https:', 'http:'].includes(protocol) || username || password || search || hash) {
    throw new TypeError(`${name}: ${JSON.stringify(value)} is not a URL like https://id.example.com`);
  }
  return value;
}

/** A person's token. @throws TokenError TOKEN_INVALID, TOKEN_EXPIRED; TypeError as {@link verifier}; whatever `findKey` throws */
export async function verifyToken(
  token: string | undefined,
  findKey: FindKey,
  expected: Expected,
): Promise<VerifiedClaims> {
  const claims = await verifyAnyToken(token, findKey, { ...expected, ...checked(expected) });
  if (isMachine(claims)) throw new TokenError('TOKEN_INVALID', 'the token is not a person’s');
  return claims;
}

export interface Any extends Omit<Expected, 'audience'> {
  readonly audience?: string | readonly string[];
  /** `taken`: a token that is bound to a key is, too: whoever calls looks at the proof, or only wants to know. */
  readonly bound?: 'taken';
}

/**
 * A token of a person or a machine, for any of the audiences if none is expected. One that is bound to a key is none of a
 * bearer (RFC 9449 §7.2).
 * @throws as {@link verifyToken}
 */
export async function verifyAnyToken(
  token: string | undefined,
  findKey: FindKey,
  { issuer, audience, clockSkewSeconds, now, bound }: Any,
): Promise<VerifiedClaims | MachineClaims> {
  if (!token) throw new TokenError('TOKEN_INVALID', 'a bearer token is needed', { tokenSent: false });
  if (!B64TOKEN.test(token)) throw new TokenError('TOKEN_INVALID', 'this is not a token');
  try {
    const { payload } = await jwtVerify(token, keyOf(findKey), {
      algorithms: ['RS256'],
      typ: 'at+jwt',
      issuer,
      ...(audience === undefined ? {} : { audience: [audience].flat() }),
      requiredClaims: ['sub', 'aud', 'exp', 'iat', 'jti'],
      clockTolerance: clockSkewSeconds,
      currentDate: now,
      // No token is valid for longer (`accessTokenSeconds`). With it, jose also refuses a token from the future.
      maxTokenAge: 3600,
    });
    if (!isPersons(payload) && !isMachines(payload)) {
      throw new TokenError('TOKEN_INVALID', 'a claim is missing or has the wrong type');
    }
    if (payload.cnf !== undefined && bound !== 'taken') {
      throw new TokenError('TOKEN_INVALID', 'the token is bound to a key, and comes without proof', { scheme: 'DPoP' });
    }
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new TokenError('TOKEN_EXPIRED', 'the token has expired');
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
    throw new TokenError('TOKEN_INVALID', error.message);
  }
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
/** A client may have been given no scope at all. */
const isScope = (value: unknown) => value === undefined || typeof value === 'string';

/** If `roles` were a string instead of a list, every role that is a part of it would match. */
function isPersons(payload: object): payload is VerifiedClaims {
  const claims = payload as Record<keyof VerifiedClaims, unknown>;
  const { sub, jti, sid, org_id = null, roles = [], client_id = 'none', scope, act } = claims;
  return (
    [sub, jti, sid, org_id ?? 'none', client_id].every(isText) &&
    Array.isArray(roles) &&
    roles.every(isText) &&
    isScope(scope) &&
    (act === undefined || isText((act as Partial<Actor> | null)?.sub))
  );
}

/** It is of nobody's session, and of the client itself. */
function isMachines(payload: object): payload is MachineClaims {
  const { sub, jti, sid, client_id, scope } = payload as Record<keyof MachineClaims, unknown>;
  return sid === undefined && [sub, jti].every(isText) && sub === client_id && isScope(scope);
}

/** Finds the key by its id among the issuer's own; `jku`, `x5u` and `jwk` in the header are ignored (S15). */
export const keyOf =
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
