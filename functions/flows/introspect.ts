/** What a token is worth at this moment (RFC 7662): an access token or a refresh token, by the database. */
import type { IntrospectResponse } from '../contracts/http.ts';
import { rolesOf, type TokenSettings } from '../domain/access-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { findTokenState } from '../store/introspection.ts';
import type { Needing } from './needs.ts';

export type IntrospectNeeds = Needing<'database' | 'refreshTokens' | 'findClaims', TokenSettings>;

type Now = Pick<RequestContext, 'now'>;

/** §2.2: the answer for a token that is not active says nothing else, not even why. */
export async function introspect(needs: IntrospectNeeds, token: string, { now }: Now): Promise<IntrospectResponse> {
  return (
    (await introspectAccessToken(needs, token, now)) ??
    (await introspectRefreshToken(needs, token, now)) ?? { active: false }
  );
}

/** For its own organisation alone; inactive where its person is no member any longer, or has no role left (S65). */
async function introspectAccessToken(
  { database, findClaims, settings }: IntrospectNeeds,
  token: string,
  now: Date,
): Promise<IntrospectResponse | null> {
  const claims = await findClaims(token, now);
  const state = claims && (await findTokenState(database, claims.sid, now, claims.org_id));
  if (!state || state.user_id !== claims.sub || state.org_id !== claims.org_id) return null;
  const roles = rolesOf(state, settings);
  if (roles.length === 0 && claims.roles.length > 0) return null;
  const { sub, sid, jti, iss, aud, exp, iat, org_id } = claims;
  const { email_verified } = state;
  return { active: true, sub, sid, jti, iss, aud, exp, iat, org_id, roles, email_verified, token_type: 'Bearer' };
}

/** What the access token would have that it were exchanged for now: a session outlives a membership (S40). */
async function introspectRefreshToken(
  needs: IntrospectNeeds,
  encoded: string,
  now: Date,
): Promise<IntrospectResponse | null> {
  const { settings } = needs;
  const found = await stateOfRefreshToken(needs, encoded, now);
  if (!found) return null;
  const { token, state } = found;
  return {
    active: true,
    sub: state.user_id,
    sid: token.sessionId,
    iss: settings.issuer,
    aud: settings.audience,
    exp: state.ends_at,
    iat: state.rotated_at,
    org_id: state.org_id,
    roles: rolesOf(state, settings),
    email_verified: state.email_verified,
    token_type: 'refresh_token',
  };
}

/** @returns null for a token that is not the session's current one, or of no session */
export async function stateOfRefreshToken(
  { database, refreshTokens }: Pick<IntrospectNeeds, 'database' | 'refreshTokens'>,
  encoded: string,
  now: Date,
) {
  const token = await refreshTokens.read(encoded);
  const state = token && (await findTokenState(database, token.sessionId, now));
  // A superseded token is not active, though within the grace it still answers its successor.
  return state && token.hash.equals(state.current_hash) ? { token, state } : null;
}
