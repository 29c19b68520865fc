/** POST /v1/auth/refresh */
import { dataApi } from '../../aws/data-api.ts';
import { refreshTokens } from '../../aws/refresh-tokens.ts';
import { prepareSigner, signAccessToken } from '../../aws/signer.ts';
import { RefreshRequest } from '../../contracts/http.ts';
import { accessClaims } from '../../domain/access-token.ts';
import type { OrgId } from '../../domain/ids.ts';
import { Problem, type ProblemCode } from '../../domain/problem.ts';
import { successors } from '../../domain/refresh-token.ts';
import { publicRoute } from '../../http/route.ts';
import { tokenAnswer } from '../../http/token-answer.ts';
import { presentRefreshToken, type Verdict } from '../../store/refresh.ts';

const database = dataApi();
const tokens = refreshTokens();
prepareSigner();

export const handler = publicRoute({ body: RefreshRequest }, async ({ body, origin }) => {
  const token = await tokens.read(body.refresh_token);
  if (!token) throw new Problem('REFRESH_TOKEN_INVALID');

  const candidates = successors(token, await tokens.keys());
  const [successor] = candidates;
  const refreshed = await presentRefreshToken(database, token, successor, body.org_id as OrgId | undefined, origin);
  if (refreshed.verdict !== 'rotated' && refreshed.verdict !== 'replayed') {
    throw new Problem(refusals[refreshed.verdict]);
  }

  // While the chain key changes, another function may have derived the successor with its other version.
  const issued = candidates.find(({ hash }) => hash.equals(refreshed.current_hash));
  if (!issued) throw new Problem('REFRESH_TOKEN_INVALID');
  return tokenAnswer(await signAccessToken(accessClaims(refreshed, token.sessionId, origin.now)), issued);
});

const refusals: Record<Exclude<Verdict, 'rotated' | 'replayed'>, ProblemCode> = {
  reused: 'REFRESH_TOKEN_REUSED',
  expired: 'REFRESH_TOKEN_EXPIRED',
  not_a_member: 'RESOURCE_NOT_FOUND',
  invalid: 'REFRESH_TOKEN_INVALID',
};
