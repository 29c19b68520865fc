/** Logout tokens: tell a client that a session is over (OpenID Connect Back-Channel Logout 1.0 §2.4). */
import { randomUUID } from 'node:crypto';
import { inSeconds } from './access-token.ts';
import type { ClientId, UserId } from './ids.ts';

/** Seconds: "preferably at most two minutes in the future" (§4). Each try has a token of its own. */
const VALID = 120;

/** Whose session it was, at which client, and what the client's ID tokens called it. */
export interface EndedSession {
  readonly user_id: UserId;
  readonly client_id: ClientId;
  readonly sid: string;
}

/** No `nonce`, which must not be there: so it passes for no ID token. */
export const logoutClaims = ({ user_id, client_id, sid }: EndedSession, now: Date, issuer: string) => ({
  iss: issuer,
  sub: user_id,
  aud: client_id,
  iat: inSeconds(now),
  exp: inSeconds(now) + VALID,
  jti: randomUUID(),
  events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  sid,
});
