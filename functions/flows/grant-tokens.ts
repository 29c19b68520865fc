/** What all grants of the token endpoint have in common; each has a file in `grants`. */
import {
  accessClaims,
  lifetime,
  type SignToken,
  sessionOf,
  type TokenGrant,
  type TokenSettings,
} from '../domain/access-token.ts';
import type { Client } from '../domain/client.ts';
import type { AuthenticatedClient } from '../domain/client-credentials.ts';
import { idTokenClaims } from '../domain/id-token.ts';
import type { SessionId } from '../domain/ids.ts';
import { claimsByName, personClaims } from '../domain/person-claims.ts';
import { Problem, type ProblemCode } from '../domain/problem.ts';
import { type SessionLifetimeSettings, sessionLifetime } from '../domain/session-lifetime.ts';
import type { Granted } from '../store/granted.ts';
import type { RefreshSettings } from '../store/refresh.ts';
import type { Needing } from './needs.ts';
import { spentBefore } from './shown-before.ts';

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
  /** Of an exchange (RFC 8693 §2.2.1). */
  readonly issuedTokenType?: string;
}

/** What every request may ask for less of (RFC 6749 §6, RFC 8707 §2.2). */
export interface Asked {
  readonly scope?: readonly string[] | undefined;
  readonly resource: readonly string[];
}

/** Whom tokens are for: the client, and the key that they are to be bound to. */
type Bearer = Pick<AuthenticatedClient, 'client' | 'jkt'>;

/** @throws Problem CLIENT_NOT_ALLOWED; DPOP_PROOF_INVALID of a client whose tokens have to be bound */
export function demandGrant({ client, jkt }: Bearer, grant: Client['grants'][number]): void {
  if (!client.grants.includes(grant)) throw new Problem('CLIENT_NOT_ALLOWED');
  if (client.dpop === 'required' && jkt === null) {
    throw new Problem('DPOP_PROOF_INVALID', { detail: 'The client has to send a DPoP proof.' });
  }
}

/** As the statements that grant take it. */
export const narrowed = (client: Client, { scope, resource }: Asked) => ({
  scope: scope ?? null,
  resource: resource.length > 0 ? resource : null,
  defaultAudience: defaultAudience(client),
});

const defaultAudience = ({ audiences, client_id }: Client): string => audiences[0] ?? client_id;

/** @param resource what it is meant for; null: the client's own audience */
export const grantOf = (
  { client, jkt }: Bearer,
  scope: readonly string[],
  resource: readonly string[] | null,
): TokenGrant => ({
  clientId: client.client_id,
  scope,
  audience: resource ?? [defaultAudience(client)],
  seconds: client.access_token_seconds,
  jkt,
});

/** A client's session lasts no longer than the stage's rules have it. */
export function lifetimeOf({ session_idle_seconds, session_max_seconds }: Client, settings: SessionLifetimeSettings) {
  const { idleSeconds, maxSeconds } = sessionLifetime(settings);
  return { idleSeconds: session_idle_seconds ?? idleSeconds, maxSeconds: session_max_seconds ?? maxSeconds };
}

type ToSay = Granted & { readonly sessionId: SessionId; readonly nonce: string | null; readonly asked: Asked };

/** Both tokens are signed side by side: neither says anything of the other. */
export async function tokensFor(
  { settings }: Pick<GrantNeeds, 'settings'>,
  sign: SignToken,
  caller: Bearer,
  { asked, ...granted }: ToSay,
  now: Date,
): Promise<GrantedTokens> {
  const { client } = caller;
  const { sessionId, nonce, sid } = granted;
  // The client may have lost a scope since.
  const given = granted.scope.filter((name) => client.scopes.includes(name));
  const scope = asked.scope ? given.filter((name) => asked.scope?.includes(name)) : given;
  const { level, statusIndex } = sessionOf(granted);
  const grant = grantOf(caller, scope, asked.resource.length > 0 ? asked.resource : granted.resource);
  const authenticatedAt = new Date(granted.authenticated_at);
  const occasion = { sessionId, now, authenticatedAt, level, statusIndex, client: grant };
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
export const refusals = {
  reused: 'GRANT_INVALID',
  expired: 'GRANT_INVALID',
  invalid: 'GRANT_INVALID',
  ...spentBefore,
  // RFC 8628 §3.5.
  pending: 'DEVICE_PENDING',
  slow_down: 'DEVICE_TOO_FAST',
  denied: 'DEVICE_DENIED',
  over: 'DEVICE_CODE_EXPIRED',
  wider: 'SCOPE_INVALID',
  elsewhere: 'TARGET_INVALID',
  // RFC 6749 has no name for it. The client asks for a code again, and the person is led to the second factor.
  too_weak: 'GRANT_INVALID',
} as const satisfies Record<string, ProblemCode>;
