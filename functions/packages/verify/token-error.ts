/**
 * | code | answer |
 * |---|---|
 * | TOKEN_INVALID, TOKEN_EXPIRED | 401 with `WWW-Authenticate`: the error's `challenge` |
 * | FORBIDDEN | 403: the token is valid, but its bearer may not do this |
 * | KEYS_UNAVAILABLE | 503: the public keys cannot be fetched, and none are in memory |
 */
export type TokenErrorCode = 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'FORBIDDEN' | 'KEYS_UNAVAILABLE';

export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code: TokenErrorCode;
  /** False if the request had no bearer token at all. */
  readonly tokenSent: boolean;

  constructor(
    code: TokenErrorCode,
    message: string,
    { tokenSent = true, ...options }: ErrorOptions & { readonly tokenSent?: boolean } = {},
  ) {
    super(message, options);
    this.code = code;
    this.tokenSent = tokenSent;
  }

  /** For `WWW-Authenticate` if the answer is 401. RFC 6750 §3.1: no error is named if no token was sent. */
  get challenge(): string {
    return this.tokenSent ? 'Bearer error="invalid_token"' : 'Bearer';
  }
}
