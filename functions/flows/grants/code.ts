/** For the code of an authorization, which a device also has (RFC 6749 §4.1.3, RFC 7636 §4.5, RFC 8628 §3.4). */
import type { AuthenticatedClient } from '../../domain/client-credentials.ts';
import type { DEVICE_GRANT } from '../../domain/device-code.ts';
import { sessionBinding } from '../../domain/dpop-proof.ts';
import { newId, type SessionId } from '../../domain/ids.ts';
import { Problem } from '../../domain/problem.ts';
import { firstRefreshToken, sha256 } from '../../domain/refresh-token.ts';
import type { RequestContext } from '../../domain/request-context.ts';
import { exchangeCode as exchange } from '../../store/code-exchange.ts';
import {
  type Asked,
  demandGrant,
  type GrantedTokens,
  type GrantNeeds,
  lifetimeOf,
  narrowed,
  refusals,
  tokensFor,
} from '../grant-tokens.ts';

export interface CodeRequest extends Asked {
  readonly grant: 'authorization_code' | typeof DEVICE_GRANT;
  /** Of a device: its own. */
  readonly code: string;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
}

/** @throws Problem GRANT_INVALID, TARGET_INVALID, CLIENT_INVALID, DPOP_PROOF_INVALID, CLIENT_NOT_ALLOWED, SERVICE_UNAVAILABLE */
export async function exchangeCode(
  needs: GrantNeeds,
  caller: AuthenticatedClient,
  { grant, code, redirectUri, codeVerifier, resource }: CodeRequest,
  context: RequestContext,
): Promise<GrantedTokens> {
  demandGrant(caller, grant);
  const { client, shown, jkt } = caller;
  const sign = needs.admitSigning();
  const sessionId = newId<SessionId>();
  const token = firstRefreshToken(sessionId, await needs.refreshTokens.keys());
  const mayRefresh = client.grants.includes('refresh_token');
  const exchanged = await exchange(
    needs.database,
    {
      grant,
      codeHash: sha256(code),
      clientId: client.client_id,
      shown,
      jkt,
      redirectUri,
      // S256, the one method that there is (RFC 7636 §4.6).
      challenge: codeVerifier === undefined ? null : sha256(codeVerifier).toString('base64url'),
      ...narrowed(client, { resource }),
      session: {
        sessionId,
        hash: token.hash,
        ...sessionBinding(client, jkt),
        idleSeconds: client.session_idle_seconds,
        lifetime: lifetimeOf(client, needs.settings),
        mayOutlive: mayRefresh,
      },
    },
    needs.settings,
    context,
  );
  if (exchanged.verdict !== 'granted') throw new Problem(refusals[exchanged.verdict]);
  const tokens = await tokensFor(needs, sign, caller, { ...exchanged, sessionId, asked: { resource } }, context.now);
  return { ...tokens, ...(mayRefresh ? { refreshToken: token.encoded } : {}) };
}
