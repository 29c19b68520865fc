/** Why a client's request for authorization is refused, as the client is told (RFC 6749 §4.1.2.1). */

export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  /** RFC 8707 §2. */
  | 'invalid_target'
  /** OpenID Connect Core §3.1.2.6. */
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'account_selection_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'
  /** OpenID Connect Core Error Code unmet_authentication_requirements 1.0. */
  | 'unmet_authentication_requirements';

export interface Fault {
  readonly error: AuthorizationErrorCode;
  /** For the client's developers: ASCII without quotes and backslashes (RFC 6749 §4.1.2.1). */
  readonly description: string;
}

/** Thrown where a parameter is read; who reads them all catches it. */
export class AuthorizationFault extends Error {
  override readonly name = 'AuthorizationFault';
  readonly error: AuthorizationErrorCode;

  constructor(error: AuthorizationErrorCode, description: string) {
    super(description);
    this.error = error;
  }
}
