/** What a token is worth at this moment, for a client that it was issued to or is meant for (RFC 7662). */
import type { ClientIntrospectResponse } from '../contracts/http/oauth.ts';
import {
  type AccessClaims,
  type MachineClaims,
  rolesOf,
  schemeOf,
  type TokenSettings,
} from '../domain/access-token.ts';
import type { AuthenticatedClient } from '../domain/client-credentials.ts';
import type { ClientId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import type { Clients } from './authenticate-client.ts';
import { stateOfAccessToken, stateOfRefreshToken } from './introspect.ts';
import type { Needing } from './needs.ts';
import { spendShown } from './shown-before.ts';

export type ClientIntrospectNeeds = Needing<'database' | 'refreshTokens', TokenSettings & DemandSettings> & {
  readonly read: (token: string, now: Date) => Promise<AccessClaims | MachineClaims>;
  readonly clients: Pick<Clients, 'find'>;
};

/**
 * For a client: of tokens that were issued to it, or are meant for it by its id as their audience. Which audiences it may
 * ask for says nothing of what it is.
 * @throws Problem CLIENT_INVALID for one that shows nothing (§2.1), or an assertion that came before
 */
export async function introspectFor(
  needs: ClientIntrospectNeeds,
  { client, shown }: AuthenticatedClient,
  token: string,
  { now }: Pick<RequestContext, 'now'>,
): Promise<ClientIntrospectResponse> {
  if (client.authentication === 'none') throw new Problem('CLIENT_INVALID');
  const [, answer] = await Promise.all([
    spendShown(needs.database, { shown }),
    (async () =>
      (await clientsAccessToken(needs, client.client_id, token, now)) ??
      (await clientsRefreshToken(needs, client.client_id, token, now)))(),
  ]);
  return answer ?? { active: false };
}

async function clientsAccessToken(
  needs: ClientIntrospectNeeds,
  caller: ClientId,
  token: string,
  now: Date,
): Promise<ClientIntrospectResponse | null> {
  const claims = await needs.read(token, now).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  });
  if (!claims || !(claims.client_id === caller || [claims.aud].flat().includes(caller))) return null;
  const { client_id, scope, sub, iss, aud, exp, iat, jti } = claims;
  const common = {
    active: true,
    client_id,
    ...given(scope),
    sub,
    iss,
    aud,
    exp,
    iat,
    jti,
    ...schemeOf(claims),
  } as const;
  // A machine's token is good until its end, while there is the machine.
  if (!('sid' in claims)) return (await needs.clients.find(claims.client_id)) ? common : null;
  const state = await stateOfAccessToken(needs, claims, now);
  if (!state) return null;
  const { sid, org_id, auth_time, acr, amr, act } = claims;
  const level = acr === undefined || amr === undefined ? {} : { acr, amr: [...amr] };
  return { ...common, sid, org_id, ...state, auth_time, ...level, ...(act && { act }) };
}

async function clientsRefreshToken(
  needs: ClientIntrospectNeeds,
  caller: ClientId,
  encoded: string,
  now: Date,
): Promise<ClientIntrospectResponse | null> {
  const found = await stateOfRefreshToken(needs, encoded, now);
  if (found?.state.client_id !== caller) return null;
  const { token, state } = found;
  return {
    active: true,
    client_id: caller,
    ...given(state.scope?.join(' ')),
    sub: state.user_id,
    sid: token.sessionId,
    iss: needs.settings.issuer,
    // It is for us alone.
    aud: needs.settings.issuer,
    exp: state.ends_at,
    iat: state.rotated_at,
    org_id: state.org_id,
    roles: rolesOf(state, needs.settings),
    email_verified: state.email_verified,
    token_type: 'refresh_token',
  };
}

/** RFC 6749 §3.3 has no empty scope: stock clients would read one whose name is empty. */
const given = (scope: string | undefined) => (scope ? { scope } : {});
