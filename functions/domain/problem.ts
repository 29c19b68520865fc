/**
 * The reason why a request was refused, by its code. Thrown where the rule is; turned into RFC 9457 in one place,
 * http/problem-details.ts.
 */
import type { RequestOptions } from '../contracts/http/passkeys.ts';
import type { SecondFactor } from './authentication-level.ts';

/** Code → status and title. Callers rely on them. */
export const problems = {
  VALIDATION_ERROR: [400, 'The request is not valid'],
  GRANT_INVALID: [400, 'The code or refresh token is not valid'],
  GRANT_TYPE_UNSUPPORTED: [400, 'There is no such grant'],
  DEVICE_PENDING: [400, 'The person has not answered yet'],
  DEVICE_TOO_FAST: [400, 'The person has not answered yet: ask again later than before'],
  DEVICE_DENIED: [400, 'The person does not want it'],
  DEVICE_CODE_EXPIRED: [400, 'The device code has expired'],
  CLIENT_NOT_ALLOWED: [400, 'The client may not do this'],
  SCOPE_INVALID: [400, 'The scope is wider than what the client was granted'],
  TARGET_INVALID: [400, 'The resource is not among the audiences that the client was granted'],
  VERIFICATION_TOKEN_INVALID: [400, 'The verification link is not valid'],
  VERIFICATION_TOKEN_EXPIRED: [400, 'The verification link has expired'],
  RESET_TOKEN_INVALID: [400, 'The reset link is not valid'],
  RESET_TOKEN_EXPIRED: [400, 'The reset link has expired'],
  INVITATION_TOKEN_INVALID: [400, 'The invitation is not valid'],
  INVITATION_TOKEN_EXPIRED: [400, 'The invitation has expired'],
  CLIENT_UNKNOWN: [400, 'No such client'],
  CLIENT_METADATA_INVALID: [400, 'The metadata of the client are not valid'],
  REDIRECT_URI_INVALID: [400, 'Not a redirect URI of the client'],
  RESPONSE_TYPE_UNSUPPORTED: [400, 'The response type is not supported'],
  REQUEST_OBJECT_UNSUPPORTED: [400, 'Request objects are not supported'],
  REGISTRATION_UNSUPPORTED: [400, 'Registration by a request is not supported'],
  REQUEST_EXPIRED: [400, 'The request for authorization is over, or not one of ours'],
  CHALLENGE_INVALID: [400, 'The challenge is over, or was used before'],
  INVALID_CREDENTIALS: [401, 'Wrong address or password'],
  PASSKEY_UNKNOWN: [401, 'There is no such passkey here any more'],
  TOKEN_INVALID: [401, 'The access token is not valid'],
  TOKEN_EXPIRED: [401, 'The access token has expired'],
  DPOP_PROOF_INVALID: [401, 'The DPoP proof is missing, or not valid'],
  SIGN_IN_EXPIRED: [401, 'The sign-in is over: begin it anew'],
  REFRESH_TOKEN_INVALID: [401, 'The refresh token is not valid'],
  REFRESH_TOKEN_EXPIRED: [401, 'The session has ended'],
  REFRESH_TOKEN_REUSED: [401, 'The refresh token was used before'],
  CLIENT_INVALID: [401, 'Unknown client, or wrong secret'],
  INSUFFICIENT_USER_AUTHENTICATION: [401, 'The person has to authenticate again'],
  SESSION_REQUIRED: [401, 'Nobody is signed in'],
  REAUTHENTICATION_REQUIRED: [403, 'The person has to authenticate again'],
  SECOND_FACTOR_REQUIRED: [403, 'A second factor is needed'],
  EMAIL_NOT_VERIFIED: [403, 'The address is not verified'],
  FORBIDDEN: [403, 'Not allowed'],
  COOKIES_OFF: [403, 'The browser keeps no cookies'],
  FORM_EXPIRED: [403, 'The form is from another visit'],
  INSUFFICIENT_SCOPE: [403, 'The access token lacks a scope'],
  RESOURCE_NOT_FOUND: [404, 'Not found'],
  METHOD_NOT_ALLOWED: [405, 'Method not allowed'],
  EMAIL_ALREADY_VERIFIED: [409, 'The address is verified already'],
  USER_ALREADY_EXISTS: [409, 'There is an account with this address'],
  CONFLICT: [409, 'Conflict'],
  PAYLOAD_TOO_LARGE: [413, 'The request is too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'Unsupported media type'],
  PASSWORD_REJECTED: [422, 'The password is not acceptable'],
  RATE_LIMITED: [429, 'Too many requests'],
  ACCOUNT_LOCKED: [429, 'The account is locked for a while'],
  INTERNAL_ERROR: [500, 'Internal error'],
  SERVICE_UNAVAILABLE: [503, 'The service is unavailable for a moment'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;

/** A fault in the request's body, by RFC 6901 pointer. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Most faults that one answer names; a body can hold thousands (S66). */
export const MOST_FAULTS = 20;

/** A number of requests within a window. */
export interface Quota {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Further members in problems of some codes, under these names (RFC 9457 §3.2). */
export interface ProblemExtension {
  /** How long ago the caller may have authenticated at most, seconds. */
  readonly max_age?: number;
  /** Levels of authentication, one of which will do, separated by spaces (RFC 9470 §3). */
  readonly acr_values?: string;
  /** By which a sign-in goes on, and what may be shown then. */
  readonly mfa_token?: string;
  readonly methods?: readonly SecondFactor[];
  /** For `navigator.credentials.get`. */
  readonly passkey_options?: RequestOptions;
}

interface ProblemOptions {
  /** For people; never a stack, SQL, an ARN or a host name (S34). The title by default. */
  readonly detail?: string;
  /** All faults, even if they are more than an answer names. */
  readonly errors?: readonly Fault[];
  /** Seconds, for Retry-After (RFC 9110 §10.2.3). */
  readonly retryAfter?: number;
  /** The limit that was exceeded, for RateLimit and RateLimit-Policy. */
  readonly quota?: Quota;
  readonly extension?: ProblemExtension;
  /** False if the request had no access token at all. */
  readonly tokenSent?: boolean;
  /** Headers of the answer, beside those that every problem has; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The rule that a password breaks, for a page to explain in its own language. */
  readonly fault?: PasswordFault;
  readonly cause?: unknown;
}

/** Why a new password is refused. */
export type PasswordFault = 'too_short' | 'too_long' | 'address' | 'service_name' | 'common' | 'breached';

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly Fault[] | undefined;
  /** There are more faults than `errors` names. */
  readonly moreErrors: boolean;
  readonly retryAfter: number | undefined;
  readonly quota: Quota | undefined;
  readonly extension: ProblemExtension;
  readonly tokenSent: boolean;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly fault: PasswordFault | undefined;

  constructor(
    code: ProblemCode,
    {
      detail = problems[code][1],
      errors,
      retryAfter,
      quota,
      extension = {},
      tokenSent = true,
      headers,
      fault,
      cause,
    }: ProblemOptions = {},
  ) {
    super(detail, { cause });
    this.code = code;
    this.errors = errors?.slice(0, MOST_FAULTS);
    this.moreErrors = (errors?.length ?? 0) > MOST_FAULTS;
    this.retryAfter = retryAfter;
    this.quota = quota;
    this.extension = extension;
    this.tokenSent = tokenSent;
    this.headers = headers;
    this.fault = fault;
  }

  get status(): number {
    return problems[this.code][0];
  }

  get title(): string {
    return problems[this.code][1];
  }
}

/** RFC 6750 §3.1: the token is valid, and would have to have this scope. */
export const lacking = (scope: string): Problem =>
  new Problem('INSUFFICIENT_SCOPE', {
    detail: `The access token lacks the scope ${scope}.`,
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
