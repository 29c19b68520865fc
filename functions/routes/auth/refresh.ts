/** POST /v1/auth/refresh */
import { dataApi } from '../../aws/data-api.ts';
import { refreshTokens } from '../../aws/refresh-tokens.ts';
import { prepareSigner, signAccessToken } from '../../aws/signer.ts';
import { RefreshRequest } from '../../contracts/http.ts';
import { accessClaims } from '../../domain/access-token.ts';
import type { OrgId } from '../../domain/ids.ts';
import { Problem, type ProblemCode } from '../../domain/problem.ts';
import { seedsOf, successor } from '../../domain/refresh-token.ts';
import { publicRoute } from '../../http/route.ts';
import { tokenAnswer } from '../../http/token-answer.ts';
import { emitMetrics } from '../../runtime/metrics.ts';
import { settings } from '../../runtime/settings.ts';
import { presentRefreshToken, type TooOften, type Verdict } from '../../store/refresh.ts';

const database = dataApi();
const tokens = refreshTokens();
prepareSigner();

export const handler = publicRoute({ body: RefreshRequest }, async ({ body, context }) => {
  const token = await tokens.read(body.refresh_token);
  if (!token) throw new Problem('REFRESH_TOKEN_INVALID');

  const seeds = seedsOf(token, await tokens.keys());
  const presented = { token, seed: seeds[0], orgId: body.org_id as OrgId | undefined };
  const refreshed = await presentRefreshToken(database, presented, settings, context);
  const { verdict } = refreshed;
  // Two clients of one person, or a thief in step with the owner (S70); or a thief who came late.
  if (verdict === 'replayed') emitMetrics({ RefreshTokensReplayed: [1, 'Count'] });
  if (verdict === 'reused') emitMetrics({ RefreshTokensReused: [1, 'Count'] });
  if (verdict === 'too_often') throw tooOften(refreshed);
  if (verdict !== 'rotated' && verdict !== 'replayed') throw new Problem(refusals[verdict]);

  // While the chain key changes, another function may have derived the successor with its other version.
  const { current_hash, chain_nonce, authenticated_at } = refreshed;
  const candidates = seeds.map((seed) => successor(token, seed, chain_nonce));
  const issued = candidates.find(({ hash }) => hash.equals(current_hash));
  if (!issued) throw new Problem('REFRESH_TOKEN_INVALID');
  const occasion = { sessionId: token.sessionId, now: context.now, authenticatedAt: new Date(authenticated_at) };
  const claims = accessClaims(refreshed, occasion, settings);
  return tokenAnswer(await signAccessToken(claims), issued);
});

function tooOften({ limit: name, retry_after }: TooOften): Problem {
  const { limit, windowSeconds } = settings.rateLimits[name];
  return new Problem('RATE_LIMITED', { retryAfter: retry_after, quota: { name, limit, windowSeconds } });
}

const refusals: Record<Exclude<Verdict, 'rotated' | 'replayed' | 'too_often'>, ProblemCode> = {
  reused: 'REFRESH_TOKEN_REUSED',
  expired: 'REFRESH_TOKEN_EXPIRED',
  not_a_member: 'RESOURCE_NOT_FOUND',
  invalid: 'REFRESH_TOKEN_INVALID',
};
