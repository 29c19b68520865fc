/** For a refresh token (RFC 6749 §6). */
import type { AuthenticatedClient } from '../../domain/client-credentials.ts';
import { sessionBinding } from '../../domain/dpop-proof.ts';
import { Problem } from '../../domain/problem.ts';
import { seedsOf } from '../../domain/refresh-token.ts';
import type { RequestContext } from '../../domain/request-context.ts';
import { presentClientToken } from '../../store/client-refresh.ts';
import type { Granted } from '../../store/granted.ts';
import type { Successor } from '../../store/refresh.ts';
import {
  type Asked,
  demandGrant,
  type GrantedTokens,
  type GrantNeeds,
  narrowed,
  refusals,
  tokensFor,
} from '../grant-tokens.ts';
import { nextToken, renewedBy } from '../refresh-session.ts';

/**
 * @throws Problem GRANT_INVALID, SCOPE_INVALID, TARGET_INVALID, CLIENT_INVALID, DPOP_PROOF_INVALID, CLIENT_NOT_ALLOWED,
 * RATE_LIMITED, SERVICE_UNAVAILABLE
 */
export async function refreshTokens(
  needs: GrantNeeds,
  caller: AuthenticatedClient,
  { refreshToken, scope, resource }: Asked & { readonly refreshToken: string },
  context: RequestContext,
): Promise<GrantedTokens> {
  demandGrant(caller, 'refresh_token');
  const { client, shown, jkt } = caller;
  const token = await needs.refreshTokens.read(refreshToken);
  if (!token) throw new Problem('GRANT_INVALID');
  // Before the session changes: its new tokens would not arrive.
  const sign = needs.admitSigning();
  const seeds = seedsOf(token, await needs.refreshTokens.keys());
  const refreshed = await presentClientToken(
    needs.database,
    {
      clientId: client.client_id,
      ...{ shown, jkt, sessionJkt: sessionBinding(client, jkt).dpopJkt },
      ...{ token, seed: seeds[0] },
      ...narrowed(client, { scope, resource }),
    },
    needs.settings,
    context,
  );
  const renewed = renewedBy<Successor & Granted>(refreshed, needs.settings);
  if (!renewed) throw new Problem(refusals[refreshed.verdict as keyof typeof refusals]);
  const next = nextToken(token, seeds, renewed);
  if (next === null) throw new Problem('GRANT_INVALID');
  const granted = { ...renewed, sessionId: token.sessionId, nonce: null, asked: { scope, resource } };
  return { ...(await tokensFor(needs, sign, caller, granted, context.now)), refreshToken: next };
}
