import type { AccessTokenResponse, TokenResponse } from '../contracts/http.ts';
import type { SessionId } from '../domain/ids.ts';
import type { RefreshToken } from '../domain/refresh-token.ts';
import { settings } from '../runtime/settings.ts';
import type { HttpAnswer } from './messages.ts';

/** A session's tokens, as login and refresh answer them (RFC 6749 §5.1). */
export function tokenAnswer(accessToken: string, refreshToken: RefreshToken): HttpAnswer {
  const body: TokenResponse = {
    access_token: accessToken,
    refresh_token: refreshToken.encoded,
    token_type: 'Bearer',
    expires_in: settings.accessTokenSeconds,
    session_id: refreshToken.sessionId,
  };
  return { status: 200, body };
}

/** As {@link tokenAnswer}, and what the device is known by when it signs in again. */
export function signInAnswer(accessToken: string, refreshToken: RefreshToken, deviceToken: string): HttpAnswer {
  const answer = tokenAnswer(accessToken, refreshToken);
  return { ...answer, body: { ...(answer.body as TokenResponse), device_token: deviceToken } };
}

/** An access token alone, of a session whose refresh token goes on. */
export function accessTokenAnswer(accessToken: string, sessionId: SessionId): HttpAnswer {
  const body: AccessTokenResponse = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: settings.accessTokenSeconds,
    session_id: sessionId,
  };
  return { status: 200, body };
}
