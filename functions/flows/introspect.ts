/** What a token is worth at this moment (RFC 7662): an access token or a refresh token, by the database. */
import type { IntrospectResponse } from '../contracts/http.ts';
import { type AccessClaims, rolesOf, schemeOf, type TokenSettings } from '../domain/access-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { findTokenState } from '../store/introspection.ts';
import type { Needing } from './needs.ts';

export type IntrospectNeeds = Needing<'database' | 'refreshTokens' | 'findClaims', TokenSettings & DemandSettings>;

type Now = Pick<RequestContext, 'now'>;

/** §2.2: the answer for a token that is not active says nothing else, not even why. */
export async function introspect(needs: IntrospectNeeds, token: string, { now }: Now): Promise<IntrospectResponse> {
  return (
    (await introspectAccessToken(needs, token, now)) ??
    (await introspectRefreshToken(needs, token, now)) ?? { active: false }
  );
}

async function introspectAccessToken(
  needs: IntrospectNeeds,
  token: string,
  now: Date,
): Promise<IntrospectResponse | null> {
  const claims = await needs.findClaims(token, now);
  const state = claims && (await stateOfAccessToken(needs, claims, now));
  if (!state) return null;
  const { sub, sid, jti, iss, aud, exp, iat, org_id, act } = claims;
  const whose = { sub, sid, jti, iss, aud, exp, iat, org_id, ...(act && { act }) };
  return { active: true, ...whose, ...state, ...schemeOf(claims) };
}

/**
 * For its own organisation alone (S65).
 * @returns null where the session is over, or its person is no member any longer or has no role left
 */
export async function stateOfAccessToken(
  { database, settings }: Pick<IntrospectNeeds, 'database' | 'settings'>,
  { sub, sid, org_id, roles: claimed }: Pick<AccessClaims, 'sub' | 'sid' | 'org_id' | 'roles'>,
  now: Date,
) {
  const state = await findTokenState(database, sid, settings, now, org_id);
  if (!state || state.user_id !== sub || state.org_id !== org_id) return null;
  const roles = rolesOf(state, settings);
  return roles.length === 0 && claimed.length > 0 ? null : { roles, email_verified: state.email_verified };
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
  { database, refreshTokens, settings }: Pick<IntrospectNeeds, 'database' | 'refreshTokens' | 'settings'>,
  encoded: string,
  now: Date,
) {
  const token = await refreshTokens.read(encoded);
  const state = token && (await findTokenState(database, token.sessionId, settings, now));
  // A superseded token is not active, though within the grace it still answers its successor.
  return state && token.hash.equals(state.current_hash) ? { token, state } : null;
}
