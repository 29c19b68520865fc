/** Presenting a session's refresh token: for its successor and a new access token, or to be found out. */
import { sessionOf, type TokenSession, type TokenSettings, type TokenSubject } from '../domain/access-token.ts';
import { demandedAcr } from '../domain/authentication-level.ts';
import type { OrgId } from '../domain/ids.ts';
import { Problem, type ProblemCode } from '../domain/problem.ts';
import { type RefreshToken, type Seed, seedsOf, successor } from '../domain/refresh-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { stepUp } from '../domain/step-up.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import {
  presentRefreshToken,
  type RefreshSettings,
  type Refused,
  type Successor,
  type TooOften,
} from '../store/refresh.ts';
import type { Needing } from './needs.ts';
import { issueToken, type SessionTokens } from './session-tokens.ts';

export type RefreshNeeds = Needing<'database' | 'refreshTokens' | 'admitSigning', RefreshSettings & TokenSettings>;

/**
 * @param orgId the organisation to change to
 * @throws Problem REFRESH_TOKEN_INVALID, REFRESH_TOKEN_EXPIRED, REFRESH_TOKEN_REUSED, RESOURCE_NOT_FOUND, RATE_LIMITED;
 * those of {@link stepUp}, where the organisation or the stage asks for more than the session shows (S86)
 */
export async function refreshSession(
  needs: RefreshNeeds,
  { refreshToken, orgId }: { readonly refreshToken: string; readonly orgId: OrgId | undefined },
  context: RequestContext,
): Promise<SessionTokens> {
  const { database, refreshTokens, settings } = needs;
  const token = await refreshTokens.read(refreshToken);
  if (!token) throw new Problem('REFRESH_TOKEN_INVALID');
  // Before the session changes: its new tokens would not arrive.
  const sign = needs.admitSigning();

  const seeds = seedsOf(token, await refreshTokens.keys());
  const refreshed = await presentRefreshToken(database, { token, seed: seeds[0], orgId }, settings, context);
  const renewed = renewedBy<Successor & TokenSubject & TokenSession>(refreshed, settings);
  if (refreshed.verdict === 'too_weak') throw stepUp({}, { acr: demandedAcr });
  if (!renewed) throw new Problem(refusals[refreshed.verdict as keyof typeof refusals]);

  const next = nextToken(token, seeds, renewed);
  if (!next) throw new Problem('REFRESH_TOKEN_INVALID');
  const authenticatedAt = new Date(renewed.authenticated_at);
  const occasion = { sessionId: token.sessionId, now: context.now, authenticatedAt, ...sessionOf(renewed) };
  return { ...(await issueToken(sign, settings, renewed, occasion)), refreshToken: next };
}

/**
 * What every door makes of a verdict.
 * @returns null for one that gives no token; what that means is the door's to say
 * @throws Problem RATE_LIMITED
 */
export function renewedBy<R extends Successor>(
  refreshed: R | TooOften | { readonly verdict: string },
  settings: Pick<Settings, 'rateLimits'>,
): R | null {
  const { verdict } = refreshed;
  // Two clients of one person, or a thief in step with the owner (S70); or a thief who came late.
  if (verdict === 'replayed') emitMetrics({ RefreshTokensReplayed: [1, 'Count'] });
  if (verdict === 'reused') emitMetrics({ RefreshTokensReused: [1, 'Count'] });
  if (verdict === 'too_often') throw tooOften(refreshed as TooOften, settings);
  return ['rotated', 'replayed', 'kept'].includes(verdict) ? (refreshed as R) : null;
}

/** @returns the token to answer; null where no version of the key that is known here gives it */
export function nextToken(
  token: RefreshToken,
  seeds: readonly Seed[],
  { verdict, current_hash, chain_nonce }: Successor,
): string | null {
  if (verdict === 'kept') return token.encoded;
  // While the chain key changes, another function may have derived the successor with its other version.
  const candidates = seeds.map((seed) => successor(token, seed, chain_nonce));
  return candidates.find(({ hash }) => hash.equals(current_hash))?.encoded ?? null;
}

function tooOften({ limit: name, retry_after }: TooOften, { rateLimits }: Pick<Settings, 'rateLimits'>): Problem {
  const { limit, windowSeconds } = rateLimits[name];
  return new Problem('RATE_LIMITED', { retryAfter: retry_after, quota: { name, limit, windowSeconds } });
}

const refusals: Record<Refused | 'not_a_member', ProblemCode> = {
  reused: 'REFRESH_TOKEN_REUSED',
  expired: 'REFRESH_TOKEN_EXPIRED',
  not_a_member: 'RESOURCE_NOT_FOUND',
  invalid: 'REFRESH_TOKEN_INVALID',
};
