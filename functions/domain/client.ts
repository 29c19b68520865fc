/** OAuth clients: what one is, and how what it registered is compared (RFC 6749 §2, RFC 7591 §2). */
import { createHash, randomBytes } from 'node:crypto';
import { stringify as formatUuid } from 'uuid';
import type { KeySet } from './client-keys.ts';
import type { KeptSecret } from './client-secret.ts';
import { DEVICE_GRANT } from './device-code.ts';
import type { ClientId, OrgId } from './ids.ts';
import { isLoopback } from './redirect-uri.ts';

export const clientKinds = ['public', 'confidential', 'machine'] as const;
export type ClientKind = (typeof clientKinds)[number];

/** `client_secret` is shown by Basic or in the form, as the client likes. `workload`: by a trusted issuer's token alone. */
export const clientAuthentications = ['none', 'client_secret', 'private_key_jwt', 'workload'] as const;
export type ClientAuthentication = (typeof clientAuthentications)[number];

/** RFC 7523 §2.1: of workloads. It gives what client credentials give, so no client has it by name. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** RFC 8693 §2.1. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  TOKEN_EXCHANGE,
  DEVICE_GRANT,
] as const;
export type GrantType = (typeof grantTypes)[number];

/** PKCE is required of every client, unless the settings say otherwise of a confidential one: load balancers send none. */
export const pkceRules = ['required', 'pkce-or-nonce', 'optional'] as const;
export type PkceRule = (typeof pkceRules)[number];

/** What a client may be held to: a proof of its key (RFC 9449 §5.2), pushing its requests (RFC 9126 §6). */
export const demandRules = ['optional', 'required'] as const;
export type DemandRule = (typeof demandRules)[number];

/**
 * What a refresh token does when it is used. `rotates`: another takes its place, and its reuse ends the session (RFC 9700
 * §4.14.2). `keeps`: it stays, since it is useless without the client's own credentials. `overlaps`: another takes its
 * place, and it works until that is first used.
 */
export const refreshRules = ['rotates', 'keeps', 'overlaps'] as const;
export type RefreshRule = (typeof refreshRules)[number];

/**
 * By whom it was made: the deployment; an operator or administrator; itself (RFC 7591); or by nobody, since its id is the
 * address of a document that says what it is (domain/client-document.ts).
 */
export const clientSources = ['settings', 'command', 'registration', 'document'] as const;
export type ClientSource = (typeof clientSources)[number];

/** The columns that are one word of several. */
export const clientChoices = {
  kind: clientKinds,
  authentication: clientAuthentications,
  pkce: pkceRules,
  dpop: demandRules,
  par: demandRules,
  refresh: refreshRules,
} as const;

/** A row of `clients`, as statements answer it. */
export interface Client {
  readonly client_id: ClientId;
  readonly kind: ClientKind;
  /** As people read it. */
  readonly name: string;
  readonly logo_uri: string | null;
  readonly client_uri: string | null;
  readonly policy_uri: string | null;
  readonly tos_uri: string | null;
  readonly redirect_uris: readonly string[];
  readonly post_logout_redirect_uris: readonly string[];
  /** Where it is told that a session is over; null: nowhere. */
  readonly backchannel_logout_uri: string | null;
  readonly backchannel_logout_session_required: boolean;
  readonly grants: readonly GrantType[];
  readonly scopes: readonly string[];
  /** What its access tokens may be meant for; the first where no resource is asked for (RFC 8707). */
  readonly audiences: readonly string[];
  readonly authentication: ClientAuthentication;
  /** Ours: it is not asked about, and may have the scope `account`. */
  readonly first_party: boolean;
  readonly pkce: PkceRule;
  /** Whether all its tokens are bound to a key; `dpop_bound_access_tokens` in registrations. */
  readonly dpop: DemandRule;
  /** `require_pushed_authorization_requests` in registrations. */
  readonly par: DemandRule;
  /** Claims that its ID tokens have without being asked. */
  readonly id_token_claims: readonly string[];
  readonly refresh: RefreshRule;
  /** Seconds; null: the stage's. */
  readonly access_token_seconds: number | null;
  readonly session_idle_seconds: number | null;
  readonly session_max_seconds: number | null;
  readonly source: ClientSource;
  readonly org_id: OrgId | null;
}

/** With what it shows who it is by. */
export interface RegisteredClient extends Client {
  /** Public keys: given, or fetched. */
  readonly jwks: KeySet | null;
  readonly jwks_uri: string | null;
  readonly secrets: readonly KeptSecret[];
}

/** 128 random bits. The prefix keeps it from being a UUID, and so from being anybody's `sub`. */
export const newClientId = (): ClientId => `c_${randomBytes(16).toString('base64url')}` as ClientId;

/**
 * The name that a client's metadata document may not choose, and settings may: no UUID, no URL, nothing to encode, and not
 * the name that tokens of the JSON door have (domain/access-token.ts).
 */
export const CLIENT_NAME = /^(?![0-9a-f]{8}-[0-9a-f]{4}-|first-party$)[a-z][a-z0-9-]{1,39}$/;

/**
 * The aggregate of a client's events: a UUID of its id alone (RFC 9562 §5.8), so that a name that is taken again goes on
 * with its sequence.
 */
export function clientAggregate(clientId: ClientId): string {
  const bytes = createHash('sha256').update(`client ${clientId}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return formatUuid(bytes);
}

/**
 * A redirect URI as it is compared with the registered ones: character by character (RFC 9700 §4.1.3), except that a
 * loopback address may have any port, since a native app takes one that is free (RFC 8252 §7.3).
 * @returns null for what is no absolute URI without a fragment
 */
export function redirectKey(uri: string): string | null {
  if (!URL.canParse(uri) || uri.includes('#')) return null;
  if (new URL(uri).protocol !== 'http:' || !isLoopback(uri)) return uri;
  return uri.replace(/^(http:\/\/(?:\[[^\]]*\]|[^/?:]*)):\d{1,5}(?=[/?]|$)/i, '$1');
}
