import type { AccessTokenResponse, TokenResponse } from '../../contracts/http.ts';
import type { IssuedToken, SessionTokens, SignedIn } from '../../flows/session-tokens.ts';
import type { HttpAnswer } from '../../http/messages.ts';

/** An access token alone, of a session whose refresh token goes on (RFC 6749 §5.1). */
export const accessTokenAnswer = (issued: IssuedToken): HttpAnswer => ({ status: 200, body: accessTokenOf(issued) });

/** A session's tokens, as login and refresh answer them. */
export function tokenAnswer(tokens: SessionTokens): HttpAnswer {
  const body: TokenResponse = { ...accessTokenOf(tokens), refresh_token: tokens.refreshToken };
  return { status: 200, body };
}

/** As {@link tokenAnswer}, and what the device is known by when it signs in again. */
export function signInAnswer(tokens: SignedIn): HttpAnswer {
  const answer = tokenAnswer(tokens);
  return { ...answer, body: { ...(answer.body as TokenResponse), ...deviceTokenOf(tokens.deviceToken) } };
}

/** Nothing on a device that people share. */
export const deviceTokenOf = (deviceToken: string | null) =>
  deviceToken === null ? {} : { device_token: deviceToken };

const accessTokenOf = ({
  accessToken,
  expiresIn,
  sessionId,
  enrolsOnly,
  isBound,
}: IssuedToken): AccessTokenResponse => ({
  access_token: accessToken,
  token_type: isBound ? 'DPoP' : 'Bearer',
  expires_in: expiresIn,
  session_id: sessionId,
  ...(enrolsOnly ? { enrolment_required: true as const } : {}),
});
