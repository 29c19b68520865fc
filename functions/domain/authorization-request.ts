/** A client's request for authorization, as it travels through the pages (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1). */
import type { ClientId } from './ids.ts';
import type { Scope } from './scopes.ts';

export const prompts = ['none', 'login', 'consent', 'select_account', 'create'] as const;
export type Prompt = (typeof prompts)[number];

/** What has to happen before the request is answered; each is a page. */
export type AuthorizationStep = 'sign-in' | 'choose-account' | 'sign-up' | 'second-factor' | 'consent';

export type ResponseMode = 'query' | 'form_post';

/** The claims that are asked for by name (§5.5), of those that there are. */
export interface ClaimsRequest {
  readonly id_token?: readonly string[];
  readonly userinfo?: readonly string[];
  /** `acr` values of the ID token, one of which is essential. */
  readonly essentialAcr?: readonly string[];
}

export interface AuthorizationRequest {
  readonly clientId: ClientId;
  /** As the client sent it, and found among its own before anything else. */
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state?: string;
  readonly nonce?: string;
  readonly scope: readonly Scope[];
  /** RFC 8707; none: the client's default audience. */
  readonly resource: readonly string[];
  readonly codeChallenge?: string;
  readonly dpopJkt?: string;
  readonly prompt: readonly Prompt[];
  /** Seconds. */
  readonly maxAge?: number;
  readonly loginHint?: string;
  readonly uiLocales?: readonly string[];
  /** In the client's order of preference. */
  readonly acrValues?: readonly string[];
  readonly claims?: ClaimsRequest;
  /** The `sub` of a valid `id_token_hint`: nobody else will do. */
  readonly hintedSub?: string;
  /** Of PAR: the hash of its URI, for the row that is used up with the code (RFC 9126). */
  readonly pushed?: string;
  /** Of a device without a browser: the hash of its code, hexadecimal (RFC 8628). No client can send it. */
  readonly device?: string;
  /**
   * When the browser first came with it, milliseconds since the epoch. What `prompt` and `max_age` ask for has to happen
   * after it, so that no clock at the time of the code sends anybody round in circles.
   */
  readonly arrivedAt: number;
}
