/**
 * The assertion by which a client shows that it has its private key (RFC 7523 §3, OpenID Connect Core §9): issuer and
 * subject are the client, the audience is this service alone, it lasts five minutes at most, and its `jti` counts once.
 */
import type { JWK, JWTPayload } from 'jose';
import { type AssertionAlgorithm, assertionAlgorithms, isAlgorithm } from './client-keys.ts';
import type { ClientId } from './ids.ts';
import { type OneUse, oneUse } from './one-use.ts';
import { readJwt, verifyJwt } from './signed-jwt.ts';
import { isStorable } from './storable-text.ts';

/** Seconds, from now and from its `iat`. */
const LONGEST = 300;
const MOST_CHARACTERS = 500;

export interface UnverifiedAssertion {
  readonly clientId: ClientId;
  readonly algorithm: AssertionAlgorithm;
  readonly kid: string | undefined;
}

/** What it says of itself, to find the client's keys. @returns null for what no client's assertion looks like */
export function readAssertion(assertion: string): UnverifiedAssertion | null {
  const read = readJwt(assertion);
  if (!read || !isAlgorithm(read.algorithm)) return null;
  const { iss, sub } = read.claims;
  if (typeof sub !== 'string' || sub !== iss) return null;
  if (sub === '' || sub.length > MOST_CHARACTERS || !isStorable(sub)) return null;
  return { clientId: sub as ClientId, algorithm: read.algorithm, kid: read.kid };
}

export interface AssertionRules {
  /**
   * Any of these, and no other beside it: a token for another server that names us too could be that server's booty. RFC
   * 7523 §3 allows the token endpoint and OpenID Connect Core §9 recommends it, which many clients follow; what is to take
   * their place wants the issuer alone, and clients should send that (draft-ietf-oauth-rfc7523bis).
   */
  readonly audiences: readonly string[];
  readonly clockSkewSeconds: number;
  readonly now: Date;
}

/** @returns null unless one of the keys has signed it and it keeps the rules */
export async function verifyAssertion(
  assertion: string,
  read: UnverifiedAssertion,
  keys: readonly JWK[],
  rules: AssertionRules,
): Promise<OneUse | null> {
  const payload = await verifyJwt(assertion, read, keys, assertionAlgorithms, {
    issuer: read.clientId,
    subject: read.clientId,
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'jti'],
    clockTolerance: rules.clockSkewSeconds,
    currentDate: rules.now,
  });
  return payload && shown(payload, rules);
}

function shown({ sub, aud, exp, iat, jti }: JWTPayload, { audiences, clockSkewSeconds, now }: AssertionRules) {
  const seconds = now.getTime() / 1000;
  const given = [aud].flat();
  if (given.length === 0 || !given.every((one) => audiences.includes(one ?? ''))) return null;
  if (exp === undefined || exp > seconds + LONGEST + clockSkewSeconds) return null;
  if (iat !== undefined && (iat > seconds + clockSkewSeconds || exp - iat > LONGEST)) return null;
  if (typeof jti !== 'string' || jti === '' || jti.length > MOST_CHARACTERS) return null;
  // As long as it would be taken.
  return oneUse('client-assertion', [sub ?? '', jti], new Date(Math.ceil(exp + clockSkewSeconds) * 1000));
}
