/** A client gives back what it was given (RFC 7009). */
import type { AccessClaims, MachineClaims } from '../domain/access-token.ts';
import type { AuthenticatedClient } from '../domain/client-credentials.ts';
import type { SessionId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { endClientSession } from '../store/client-sessions.ts';
import type { Needing } from './needs.ts';
import { spendShown } from './shown-before.ts';

export type RevokeNeeds = Pick<Needing<'database' | 'refreshTokens'>, 'database' | 'refreshTokens'> & {
  readonly read: (token: string, now: Date) => Promise<AccessClaims | MachineClaims>;
};

/**
 * Ends the session that the token belongs to, if it is the client's own. Anything else changes nothing, and is no fault
 * (§2.2); a machine's token, which is of no session, lives to its end.
 * @throws Problem CLIENT_INVALID for an assertion that came before
 */
export async function revokeForClient(
  needs: RevokeNeeds,
  { client, shown }: AuthenticatedClient,
  token: string,
  context: RequestContext,
): Promise<void> {
  const { client_id: clientId } = client;
  const sessionId = await sessionOf(needs, token, context.now);
  if (sessionId === null) return spendShown(needs.database, { shown });
  const isNew = await endClientSession(needs.database, { clientId, shown }, sessionId, context);
  if (!isNew) throw new Problem('CLIENT_INVALID');
}

async function sessionOf({ refreshTokens, read }: RevokeNeeds, token: string, now: Date): Promise<SessionId | null> {
  const refreshToken = await refreshTokens.read(token);
  if (refreshToken) return refreshToken.sessionId;
  try {
    const claims = await read(token, now);
    return 'sid' in claims ? claims.sid : null;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}
