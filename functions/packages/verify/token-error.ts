/**
 * | code | answer |
 * |---|---|
 * | TOKEN_INVALID, TOKEN_EXPIRED | 401 with `WWW-Authenticate`: the error's `challenge` |
 * | FORBIDDEN | 403: the token is valid, but its bearer may not do this; with the `challenge` where it lacks a scope |
 * | KEYS_UNAVAILABLE | 503: the public keys cannot be fetched, and none are in memory |
 */
export type TokenErrorCode = 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'FORBIDDEN' | 'KEYS_UNAVAILABLE';

export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code: TokenErrorCode;
  /** False if the request had no bearer token at all. */
  readonly tokenSent: boolean;
  /** The scopes that are needed, if the token lacks one. */
  readonly scope: string | undefined;

  constructor(
    code: TokenErrorCode,
    message: string,
    {
      tokenSent = true,
      scope,
      ...options
    }: ErrorOptions & { readonly tokenSent?: boolean; readonly scope?: string } = {},
  ) {
    super(message, options);
    this.code = code;
    this.tokenSent = tokenSent;
    this.scope = scope;
  }

  /** For `WWW-Authenticate`. RFC 6750 §3.1: no error is named if no token was sent; a missing scope is named. */
  get challenge(): string {
    if (this.scope !== undefined) return `Bearer error="insufficient_scope", scope="${this.scope}"`;
    return this.tokenSent ? 'Bearer error="invalid_token"' : 'Bearer';
  }
}
