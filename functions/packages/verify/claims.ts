/** The claims of verified tokens. */

/** Of any token (RFC 9068 §2.2). */
interface TokenClaims {
  readonly iss: string;
  readonly aud: string | string[];
  /** Seconds since the epoch, as `iat`. */
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  /** The OAuth client that the token was given to; `first-party` for a password login at `/v1`. */
  readonly client_id?: string;
  /** What the client was given, with spaces between. A token of a password login at `/v1` has none. */
  readonly scope?: string;
  /** The key that the token is bound to (RFC 7800 §3.1): of use only with a proof by it (DPoP, RFC 9449 §6.1). */
  readonly cnf?: { readonly jkt: string };
}

/** Of a person's token. */
export interface VerifiedClaims extends TokenClaims {
  /** The user. */
  readonly sub: string;
  /** The session. */
  readonly sid: string;
  readonly org_id: string | null;
  /** The roles in the organisation, and platform roles, prefixed `platform:`. */
  readonly roles: readonly string[];
  readonly email_verified: boolean;
  /** When the person last proved to be there, seconds since the epoch. */
  readonly auth_time?: number;
  /** How sure that was, and by which methods (OpenID Connect Core §2); of a client's token. */
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** Where the issuer says that the session has ended (draft-ietf-oauth-status-list §6.1). */
  readonly status?: { readonly status_list?: { readonly idx: number; readonly uri: string } };
  /** The service that acts for the person, if one does (RFC 8693 §4.1): `client_id` is its name, too. */
  readonly act?: Actor;
}

/** Who acts, and in it whose token that was exchanged for this one. Only the outermost is who calls. */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

/** Of a token that a machine has in its own name: no session, no organisation, no role. */
export interface MachineClaims extends TokenClaims {
  /** The client itself; never the id of a user. */
  readonly sub: string;
  readonly client_id: string;
  readonly scope?: string;
  readonly sid?: undefined;
}

/** A machine's token has no session. */
export const isMachine = (claims: VerifiedClaims | MachineClaims): claims is MachineClaims => claims.sid === undefined;
