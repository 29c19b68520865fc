/** ID tokens (OpenID Connect Core §2): to tell a client who signed in, and to nobody else. */
import { inSeconds, lifetime, type TokenSettings } from './access-token.ts';
import type { AuthenticationLevel } from './authentication-level.ts';
import type { ClientId, UserId } from './ids.ts';

export interface IdTokenOccasion {
  readonly userId: UserId;
  readonly clientId: ClientId;
  readonly now: Date;
  readonly authenticatedAt: Date;
  readonly level: AuthenticationLevel;
  /** What the client calls the browser's session (domain/browser-session.ts). */
  readonly sid: string;
  /** Of the request; never in one that a refresh gives (§12.2). */
  readonly nonce: string | null;
  /** Seconds; null: as an access token of the stage. */
  readonly seconds: number | null;
  /** What the client asked for by name. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * `auth_time` always: clients that asked for `max_age` need it, and no other is in the way. No `at_hash`, which the code
 * flow leaves free (§3.1.3.6): the access token need not be signed first.
 */
export const idTokenClaims = (occasion: IdTokenOccasion, settings: TokenSettings) => ({
  // First, so that none of them takes the place of what the token is.
  ...occasion.claims,
  iss: settings.issuer,
  sub: occasion.userId,
  aud: occasion.clientId,
  azp: occasion.clientId,
  exp: inSeconds(occasion.now) + lifetime(settings, occasion),
  iat: inSeconds(occasion.now),
  auth_time: inSeconds(occasion.authenticatedAt),
  ...occasion.level,
  sid: occasion.sid,
  ...(occasion.nonce === null ? {} : { nonce: occasion.nonce }),
});
