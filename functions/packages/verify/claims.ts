/** What a verified token says. */
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
  /** Those in the organisation, and platform roles with `platform:` before them. */
  readonly roles: readonly string[];
  readonly email_verified: boolean;
}
