import { algs } from './proof-algorithms.ts';

/**
 * | code | answer |
 * |---|---|
 * | TOKEN_INVALID, TOKEN_EXPIRED | 401 with `WWW-Authenticate`: the error's `challenge` |
 * | INSUFFICIENT_USER_AUTHENTICATION | 401 with the `challenge`: the person has to sign in more surely, or again (RFC 9470) |
 * | DPOP_PROOF_INVALID | 401 with the `challenge`: the token is bound to a key, and what came beside it does not prove it |
 * | FORBIDDEN | 403: the token is valid, but its bearer may not do this; with the `challenge` where it lacks a scope |
 * | STATUS_UNAVAILABLE | 503: whether the session has ended cannot be known, and no list that still counts is in memory |
 * | KEYS_UNAVAILABLE | 503: the public keys cannot be fetched, and none are in memory |
 */
export type TokenErrorCode =
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'INSUFFICIENT_USER_AUTHENTICATION'
  | 'DPOP_PROOF_INVALID'
  | 'FORBIDDEN'
  | 'STATUS_UNAVAILABLE'
  | 'KEYS_UNAVAILABLE';

/** RFC 9470 §3. */
export interface StepUp {
  readonly acr?: string | undefined;
  /** Seconds. */
  readonly maxAge?: number | undefined;
}

/** RFC 6750, RFC 9449. */
export type TokenScheme = 'Bearer' | 'DPoP';

interface TokenErrorOptions {
  readonly tokenSent?: boolean;
  readonly scope?: string;
  readonly stepUp?: StepUp;
  readonly scheme?: TokenScheme;
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
  /** By which the token would have to come, or came. */
  scheme: TokenScheme;

  constructor(
    code: TokenErrorCode,
    message: string,
    { tokenSent = true, scope, stepUp, scheme = 'Bearer', ...options }: ErrorOptions & TokenErrorOptions = {},
  ) {
    super(message, options);
    this.code = code;
    this.tokenSent = tokenSent;
    this.scope = scope;
    this.stepUp = stepUp;
    this.scheme = scheme;
  }

  /** For `WWW-Authenticate`. RFC 6750 §3.1: no error is named if no token was sent; a missing scope is named. */
  get challenge(): string {
    const said = [...this.#parameters(), ...(this.scheme === 'DPoP' ? [algs] : [])];
    return said.length === 0 ? this.scheme : `${this.scheme} ${said.join(', ')}`;
  }

  #parameters(): string[] {
    if (this.scope !== undefined) return ['error="insufficient_scope"', `scope="${this.scope}"`];
    if (this.stepUp !== undefined) {
      const { acr, maxAge } = this.stepUp;
      return [
        'error="insufficient_user_authentication"',
        ...(acr === undefined ? [] : [`acr_values="${acr}"`]),
        ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
      ];
    }
    if (this.code === 'DPOP_PROOF_INVALID') return ['error="invalid_dpop_proof"'];
    return this.tokenSent ? ['error="invalid_token"'] : [];
  }
}
