/** A problem's name at the OAuth door: from RFC 6749 §5.2, and from §4.1.2.1 what §5.2 lacks. */
import { type ProblemCode, problems } from './problem.ts';

/** Only the codes that {@link oauthError}'s rule by status does not fit. A flow that throws another adds its line. */
const named: Partial<Readonly<Record<ProblemCode, readonly [status: number, error: string]>>> = {
  CLIENT_INVALID: [401, 'invalid_client'],
  CLIENT_NOT_ALLOWED: [400, 'unauthorized_client'],
  // RFC 8707 §2.
  TARGET_INVALID: [400, 'invalid_target'],
  // RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, of a request that is pushed.
  RESPONSE_TYPE_UNSUPPORTED: [400, 'unsupported_response_type'],
  REQUEST_OBJECT_UNSUPPORTED: [400, 'request_not_supported'],
  REGISTRATION_UNSUPPORTED: [400, 'registration_not_supported'],
  // RFC 7591 §3.2.2.
  CLIENT_METADATA_INVALID: [400, 'invalid_client_metadata'],
  REDIRECT_URI_INVALID: [400, 'invalid_redirect_uri'],
  GRANT_INVALID: [400, 'invalid_grant'],
  GRANT_TYPE_UNSUPPORTED: [400, 'unsupported_grant_type'],
  // RFC 8628 §3.5.
  DEVICE_PENDING: [400, 'authorization_pending'],
  DEVICE_TOO_FAST: [400, 'slow_down'],
  DEVICE_DENIED: [400, 'access_denied'],
  DEVICE_CODE_EXPIRED: [400, 'expired_token'],
  SCOPE_INVALID: [400, 'invalid_scope'],
  // RFC 9449 §5; at a resource it is 401 (http/token-route.ts).
  DPOP_PROOF_INVALID: [400, 'invalid_dpop_proof'],
  // RFC 6750 §3.1.
  TOKEN_INVALID: [401, 'invalid_token'],
  TOKEN_EXPIRED: [401, 'invalid_token'],
  INSUFFICIENT_SCOPE: [403, 'insufficient_scope'],
  FORBIDDEN: [403, 'access_denied'],
  METHOD_NOT_ALLOWED: [405, 'invalid_request'],
};

/** @returns the answer's status and its `error` */
export function oauthError(code: ProblemCode): readonly [status: number, error: string] {
  const [status] = problems[code];
  if (status === 429 || status === 503) return [status, 'temporarily_unavailable'];
  if (status >= 500) return [status, 'server_error'];
  return named[code] ?? [400, 'invalid_request'];
}
