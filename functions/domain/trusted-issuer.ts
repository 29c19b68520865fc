/**
 * Workloads that show who they are by a token that their platform gives them, and keep no secret: a role of an AWS account
 * (STS), a job of GitHub Actions, a service account of a cluster. The settings name the issuers, and which claims are which
 * machine client (RFC 7523 §2.1, S77).
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
import type { JWK, JWTPayload } from 'jose';
import type { KeyAlgorithm, KeySet } from './client-keys.ts';
import { type ReadJwt, verifyJwt } from './signed-jwt.ts';

/** As the settings have it (lib/service/settings/trusted-issuers.ts). */
export interface TrustedIssuer {
  /** `iss`, byte by byte. */
  readonly issuer: string;
  readonly algorithms: readonly KeyAlgorithm[];
  /** The only `aud`; undefined: our issuer. */
  readonly audience?: string | undefined;
  /** From `iat` to `exp`. */
  readonly maxSeconds: number;
  /** Where its keys are, or they themselves; neither: where its discovery document says. */
  readonly jwksUri?: string | undefined;
  readonly jwks?: KeySet | undefined;
  readonly workloads: readonly Workload[];
}

export interface Workload {
  readonly client: string;
  readonly claims: ClaimPatterns;
}

/** As the token has its claims, one within another, with a pattern in the place of each text. All of them have to match. */
export interface ClaimPatterns {
  readonly [claim: string]: string | ClaimPatterns;
}

/** Of STS, whose `sub` may be whoever the caller acts for. */
export const STS_ISSUER = /^https:\/\/[\w-]+\.tokens\.sts\.global\.api\.(aws|amazonaws\.com\.cn)$/;
/** All of its customers' repositories have tokens of this one. */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/**
 * Anchored at both ends. A `*` stands for one character or more, but no colon and no slash: `repo:acme/*:ref:refs/heads/main`
 * is no `repo:acme/x:pull_request:…`. There is one at most between two of those (isPattern), so no text takes long.
 */
export function isLike(pattern: string, text: string): boolean {
  const [parts, given] = [partsOf(pattern), partsOf(text)];
  return parts.length === given.length && parts.every((part, index) => isPartLike(part, given[index] ?? ''));
}

const partsOf = (text: string) => text.split(/([:/])/);

function isPartLike(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return text === start;
  return text.length > start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

export const isPattern = (text: string): boolean =>
  text !== '' && text !== '*' && partsOf(text).every((part) => part.split('*').length <= 2);

/** Whether a pattern says whose it is: without a `*`, or with none before its first slash (`repo:acme/*`). */
export const isPinned = (pattern: string): boolean => !(pattern.split('/')[0] ?? '').includes('*');

function isMatched(patterns: ClaimPatterns, claims: unknown): boolean {
  return Object.entries(patterns).every(([name, pattern]) => {
    const value: unknown =
      typeof claims === 'object' && claims !== null && Object.hasOwn(claims, name)
        ? (claims as Record<string, unknown>)[name]
        : undefined;
    if (typeof pattern !== 'string') return isMatched(pattern, value);
    return typeof value === 'string' && isLike(pattern, value);
  });
}

/** @returns the clients that the claims are; more than one where the settings are in doubt */
export const clientsBy = ({ workloads }: TrustedIssuer, claims: JWTPayload): string[] => [
  ...new Set(workloads.filter((workload) => isMatched(workload.claims, claims)).map(({ client }) => client)),
];

export interface WorkloadRules {
  /** Ours. */
  readonly issuer: string;
  readonly clockSkewSeconds: number;
  readonly now: Date;
}

/**
 * Such a token may come again until its `exp`: a function that starts often asks its platform once.
 * @returns null unless one of the issuer's keys has signed it, for us alone, and for no longer than the issuer may
 */
export async function verifyWorkload(
  token: string,
  read: ReadJwt,
  keys: readonly JWK[],
  trusted: TrustedIssuer,
  { issuer, clockSkewSeconds, now }: WorkloadRules,
): Promise<JWTPayload | null> {
  const audience = trusted.audience ?? issuer;
  const claims = await verifyJwt(token, read, keys, trusted.algorithms, {
    issuer: trusted.issuer,
    audience,
    requiredClaims: ['iss', 'aud', 'exp', 'iat'],
    clockTolerance: clockSkewSeconds,
    currentDate: now,
  });
  if (!claims) return null;
  const { aud, exp = 0, iat = 0 } = claims;
  // Clusters have a list, of one. A token for others beside us could be their booty.
  if ([aud].flat().length !== 1) return null;
  if (exp - iat > trusted.maxSeconds || exp <= iat) return null;
  return iat > now.getTime() / 1000 + clockSkewSeconds ? null : claims;
}
