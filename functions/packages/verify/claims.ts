/** The claims of a verified token. */
export interface VerifiedClaims {
  readonly iss: string;
  /** The user. */
  readonly sub: string;
  readonly aud: string | string[];
  /** Seconds since the epoch, as `iat`. */
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  /** The session. */
  readonly sid: string;
  readonly org_id: string | null;
  /** The roles in the organisation, and platform roles, prefixed `platform:`. */
  readonly roles: readonly string[];
  readonly email_verified: boolean;
}
