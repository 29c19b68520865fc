/** Ending the session that a token belongs to. A token that is none of ours ends nothing, and that is no fault. */
import type { RequestContext } from '../domain/request-context.ts';
import { endSession } from '../store/sessions.ts';
import type { Needs } from './needs.ts';

type LogOutNeeds = Pick<Needs, 'database' | 'refreshTokens'>;

export async function logOut(
  { database, refreshTokens }: LogOutNeeds,
  refreshToken: string,
  context: RequestContext,
): Promise<void> {
  const token = await refreshTokens.read(refreshToken);
  if (token) await endSession(database, token.sessionId, context);
}

/** @param token of either kind: whoever revokes one has no need to say which it is (RFC 7009 §2.1) */
export async function revokeToken(
  { database, refreshTokens, findClaims }: LogOutNeeds & Pick<Needs, 'findClaims'>,
  token: string,
  context: RequestContext,
): Promise<void> {
  const refreshToken = await refreshTokens.read(token);
  const sessionId = refreshToken?.sessionId ?? (await findClaims(token, context.now))?.sid;
  if (sessionId) await endSession(database, sessionId, context);
}
