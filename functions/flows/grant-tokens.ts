/** What the token endpoint gives a client, by the way that it asks (RFC 6749 §4.1.3, §4.4, §6). */
import {
  accessClaims,
  lifetime,
  machineClaims,
  type SignToken,
  type TokenGrant,
  type TokenSettings,
} from '../domain/access-token.ts';
import { levelOf } from '../domain/authentication-level.ts';
import type { Client } from '../domain/client.ts';
import type { AuthenticatedClient } from '../domain/client-credentials.ts';
import { idTokenClaims } from '../domain/id-token.ts';
import { newId, type SessionId } from '../domain/ids.ts';
import { claimsByName, personClaims } from '../domain/person-claims.ts';
import { Problem, type ProblemCode } from '../domain/problem.ts';
import { firstRefreshToken, seedsOf, sha256 } from '../domain/refresh-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { isScope } from '../domain/scopes.ts';
import { type SessionLifetimeSettings, sessionLifetime } from '../domain/session-lifetime.ts';
import { presentClientToken } from '../store/client-refresh.ts';
import { exchangeCode as exchange } from '../store/code-exchange.ts';
import type { Granted } from '../store/granted.ts';
import type { RefreshSettings, Successor } from '../store/refresh.ts';
import { spend } from '../store/used-once.ts';
import type { Needing } from './needs.ts';
import { nextToken, renewedBy } from './refresh-session.ts';

export type GrantNeeds = Needing<
  'database' | 'refreshTokens' | 'admitSigning',
  RefreshSettings & TokenSettings & SessionLifetimeSettings
>;

export interface GrantedTokens {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** What was given, which may be less than what was asked for; undefined: none was asked for, and there is none. */
  readonly scope: readonly string[] | undefined;
  readonly refreshToken?: string;
  readonly idToken?: string;
}

/** What every request may ask for less of (RFC 6749 §6, RFC 8707 §2.2). */
interface Asked {
  readonly scope?: readonly string[] | undefined;
  readonly resource: readonly string[];
}

export interface CodeRequest extends Asked {
  readonly code: string;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
}

/** @throws Problem GRANT_INVALID, TARGET_INVALID, CLIENT_INVALID, CLIENT_NOT_ALLOWED, SERVICE_UNAVAILABLE */
export async function exchangeCode(
  needs: GrantNeeds,
  { client, assertion }: AuthenticatedClient,
  { code, redirectUri, codeVerifier, resource }: CodeRequest,
  context: RequestContext,
): Promise<GrantedTokens> {
  demandGrant(client, 'authorization_code');
  const sign = needs.admitSigning();
  const sessionId = newId<SessionId>();
  const token = firstRefreshToken(sessionId, await needs.refreshTokens.keys());
  const mayRefresh = client.grants.includes('refresh_token');
  const exchanged = await exchange(
    needs.database,
    {
      codeHash: sha256(code),
      clientId: client.client_id,
      assertion,
      redirectUri,
      // S256, the one method that there is (RFC 7636 §4.6).
      challenge: codeVerifier === undefined ? null : sha256(codeVerifier).toString('base64url'),
      ...narrowed(client, { resource }),
      session: {
        sessionId,
        hash: token.hash,
        refresh: client.refresh,
        idleSeconds: client.session_idle_seconds,
        lifetime: lifetimeOf(client, needs.settings),
        mayOutlive: mayRefresh,
      },
    },
    needs.settings,
    context,
  );
  if (exchanged.verdict !== 'granted') throw new Problem(refusals[exchanged.verdict]);
  const tokens = await tokensFor(needs, sign, client, { ...exchanged, sessionId, asked: { resource } }, context.now);
  return { ...tokens, ...(mayRefresh ? { refreshToken: token.encoded } : {}) };
}

/** @throws Problem as {@link exchangeCode}; SCOPE_INVALID, RATE_LIMITED */
export async function refreshTokens(
  needs: GrantNeeds,
  { client, assertion }: AuthenticatedClient,
  { refreshToken, scope, resource }: Asked & { readonly refreshToken: string },
  context: RequestContext,
): Promise<GrantedTokens> {
  demandGrant(client, 'refresh_token');
  const token = await needs.refreshTokens.read(refreshToken);
  if (!token) throw new Problem('GRANT_INVALID');
  // Before the session changes: its new tokens would not arrive.
  const sign = needs.admitSigning();
  const seeds = seedsOf(token, await needs.refreshTokens.keys());
  const refreshed = await presentClientToken(
    needs.database,
    { clientId: client.client_id, assertion, token, seed: seeds[0], ...narrowed(client, { scope, resource }) },
    needs.settings,
    context,
  );
  const renewed = renewedBy<Successor & Granted>(refreshed, needs.settings);
  if (!renewed) throw new Problem(refusals[refreshed.verdict as keyof typeof refusals]);
  const next = nextToken(token, seeds, renewed);
  if (next === null) throw new Problem('GRANT_INVALID');
  const granted = { ...renewed, sessionId: token.sessionId, nonce: null, asked: { scope, resource } };
  return { ...(await tokensFor(needs, sign, client, granted, context.now)), refreshToken: next };
}

/**
 * In the machine's own name: no person, no session. What people consent to is none of its scopes.
 * @throws Problem as {@link exchangeCode}; SCOPE_INVALID
 */
export async function grantToMachine(
  needs: GrantNeeds,
  { client, assertion }: AuthenticatedClient,
  { scope, resource }: Asked,
  { now }: RequestContext,
): Promise<GrantedTokens> {
  demandGrant(client, 'client_credentials');
  const own = client.scopes.filter((name) => !isScope(name));
  if (scope?.some((name) => !own.includes(name))) throw new Problem('SCOPE_INVALID');
  if (resource.some((name) => !client.audiences.includes(name))) throw new Problem('TARGET_INVALID');
  const sign = needs.admitSigning();
  if (!(await spend(needs.database, assertion))) throw new Problem('CLIENT_INVALID');
  const grant = grantOf(client, scope ?? own, resource.length > 0 ? resource : null);
  const accessToken = await sign(machineClaims(grant, now, needs.settings));
  return {
    accessToken,
    expiresIn: lifetime(needs.settings, grant),
    scope: grant.scope.length > 0 ? grant.scope : undefined,
  };
}

function demandGrant(client: Client, grant: Client['grants'][number]): void {
  if (!client.grants.includes(grant)) throw new Problem('CLIENT_NOT_ALLOWED');
}

const narrowed = (client: Client, { scope, resource }: Asked) => ({
  scope: scope ?? null,
  resource: resource.length > 0 ? resource : null,
  defaultAudience: defaultAudience(client),
});

const defaultAudience = ({ audiences, client_id }: Client): string => audiences[0] ?? client_id;

const grantOf = (client: Client, scope: readonly string[], resource: readonly string[] | null): TokenGrant => ({
  clientId: client.client_id,
  scope,
  audience: resource ?? [defaultAudience(client)],
  seconds: client.access_token_seconds,
});

/** A client's session lasts no longer than the stage's rules have it. */
function lifetimeOf({ session_idle_seconds, session_max_seconds }: Client, settings: SessionLifetimeSettings) {
  const { idleSeconds, maxSeconds } = sessionLifetime(settings);
  return { idleSeconds: session_idle_seconds ?? idleSeconds, maxSeconds: session_max_seconds ?? maxSeconds };
}

type ToSay = Granted & { readonly sessionId: SessionId; readonly nonce: string | null; readonly asked: Asked };

/** Both tokens are signed side by side: neither says anything of the other. */
async function tokensFor(
  { settings }: Pick<GrantNeeds, 'settings'>,
  sign: SignToken,
  client: Client,
  { asked, ...granted }: ToSay,
  now: Date,
): Promise<GrantedTokens> {
  const { sessionId, nonce, sid } = granted;
  // The client may have lost a scope since.
  const given = granted.scope.filter((name) => client.scopes.includes(name));
  const scope = asked.scope ? given.filter((name) => asked.scope?.includes(name)) : given;
  const level = levelOf(granted);
  const grant = grantOf(client, scope, asked.resource.length > 0 ? asked.resource : granted.resource);
  const authenticatedAt = new Date(granted.authenticated_at);
  const occasion = { sessionId, now, authenticatedAt, level, client: grant };
  const access = sign(accessClaims(granted, occasion, settings));
  // Of a refresh, `auth_time` is that of the first ID token (OpenID Connect Core §12.2), and clients refuse another one.
  if (!scope.includes('openid') || granted.authenticated_again) {
    return { accessToken: await access, expiresIn: lifetime(settings, grant), scope };
  }
  const names = claimsByName([...(granted.claims?.id_token ?? []), ...client.id_token_claims], scope, client);
  const id = sign(
    idTokenClaims(
      {
        ...{ userId: granted.user_id, clientId: client.client_id, now, authenticatedAt, level, sid, nonce },
        seconds: client.access_token_seconds,
        claims: personClaims(names, granted, settings),
      },
      settings,
    ),
    'JWT',
  );
  const [accessToken, idToken] = await Promise.all([access, id]);
  return { accessToken, expiresIn: lifetime(settings, grant), scope, idToken };
}

/** RFC 6749 §5.2: a client learns no more than that its grant is worth nothing. */
const refusals = {
  reused: 'GRANT_INVALID',
  expired: 'GRANT_INVALID',
  invalid: 'GRANT_INVALID',
  assertion_used: 'CLIENT_INVALID',
  wider: 'SCOPE_INVALID',
  elsewhere: 'TARGET_INVALID',
  // RFC 6749 has no name for it. The client asks for a code again, and the person is led to the second factor.
  too_weak: 'GRANT_INVALID',
} as const satisfies Record<string, ProblemCode>;
