/**
 * | code | answer |
 * |---|---|
 * | TOKEN_INVALID, TOKEN_EXPIRED | 401 with `WWW-Authenticate`: the error's `challenge` |
 * | INSUFFICIENT_USER_AUTHENTICATION | 401 with the `challenge`: the person has to sign in more surely, or again (RFC 9470) |
 * | FORBIDDEN | 403: the token is valid, but its bearer may not do this; with the `challenge` where it lacks a scope |
 * | STATUS_UNAVAILABLE | 503: whether the session has ended cannot be known, and no list that still counts is in memory |
 * | KEYS_UNAVAILABLE | 503: the public keys cannot be fetched, and none are in memory |
 */
export type TokenErrorCode =
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'INSUFFICIENT_USER_AUTHENTICATION'
  | 'FORBIDDEN'
  | 'STATUS_UNAVAILABLE'
  | 'KEYS_UNAVAILABLE';

/** RFC 9470 §3. */
export interface StepUp {
  readonly acr?: string | undefined;
  /** Seconds. */
  readonly maxAge?: number | undefined;
}

export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code: TokenErrorCode;
  /** False if the request had no bearer token at all. */
  readonly tokenSent: boolean;
  /** The scopes that are needed, if the token lacks one. */
  readonly scope: string | undefined;
  /** What the person has to do first, if it is that. */
  readonly stepUp: StepUp | undefined;

  constructor(
    code: TokenErrorCode,
    message: string,
    {
      tokenSent = true,
      scope,
      stepUp,
      ...options
    }: ErrorOptions & { readonly tokenSent?: boolean; readonly scope?: string; readonly stepUp?: StepUp } = {},
  ) {
    super(message, options);
    this.code = code;
    this.tokenSent = tokenSent;
    this.scope = scope;
    this.stepUp = stepUp;
  }

  /** For `WWW-Authenticate`. RFC 6750 §3.1: no error is named if no token was sent; a missing scope is named. */
  get challenge(): string {
    if (this.scope !== undefined) return `Bearer error="insufficient_scope", scope="${this.scope}"`;
    if (this.stepUp !== undefined) {
      const { acr, maxAge } = this.stepUp;
      return [
        'Bearer error="insufficient_user_authentication"',
        ...(acr === undefined ? [] : [`acr_values="${acr}"`]),
        ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
      ].join(', ');
    }
    return this.tokenSent ? 'Bearer error="invalid_token"' : 'Bearer';
  }
}
