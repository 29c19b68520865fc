/** What whoever signs in is handed. */
import {
  accessClaims,
  lifetime,
  type SignToken,
  type TokenOccasion,
  type TokenSettings,
  type TokenSubject,
} from '../domain/access-token.ts';
import type { SessionId } from '../domain/ids.ts';

export interface IssuedToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly sessionId: SessionId;
  /** The token sets up a second factor, and does nothing else. */
  readonly enrolsOnly: boolean;
  /** It is bound to a key, as that was by which it was asked for. */
  readonly isBound: boolean;
}

export interface SessionTokens extends IssuedToken {
  readonly refreshToken: string;
}

export interface SignedIn extends SessionTokens {
  /** What the device is known by when it signs in again; null on one that people share. */
  readonly deviceToken: string | null;
}

/** @throws Problem SERVICE_UNAVAILABLE when KMS does not sign for now */
export async function issueToken(
  sign: SignToken,
  settings: TokenSettings,
  subject: TokenSubject,
  occasion: TokenOccasion,
): Promise<IssuedToken> {
  const accessToken = await sign(accessClaims(subject, occasion, settings));
  const { sessionId, enrolsOnly = false, client } = occasion;
  return {
    accessToken,
    expiresIn: lifetime(settings, client),
    sessionId,
    enrolsOnly,
    isBound: (client?.jkt ?? null) !== null,
  };
}
