/**
 * Clients in the words of RFC 7591 §2, as those have them that nobody here has made: they register by themselves, or
 * publish a document. What they leave out is as the RFC has it, what we do not know is dropped, and what they cannot have
 * is a fault.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Client, ClientAuthentication, GrantType } from './client.ts';
import { type ClientMetadata, completeMetadata, type GivenMetadata, metadataFaults } from './client-metadata.ts';
import type { ClientId } from './ids.ts';
import type { Fault } from './problem.ts';
import { type Scope, scopeNames } from './scopes.ts';
import type { Settings } from './settings.ts';

export type RegistrationSettings = Pick<
  Settings,
  'registration' | 'issuer' | 'audience' | 'accessTokenSeconds' | 'sessionIdleDays' | 'sessionMaxDays'
>;

/** Fields that have the same name and meaning here. */
const same = [
  'redirect_uris',
  'post_logout_redirect_uris',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'jwks',
  'jwks_uri',
] as const;

/** What is sent; null is as good as left out. */
export type SentMetadata = {
  readonly [Field in (typeof same)[number]]?: ClientMetadata[Field] | null | undefined;
} & {
  readonly client_name?: string | null | undefined;
  readonly token_endpoint_auth_method?: string | null | undefined;
  readonly grant_types?: readonly string[] | null | undefined;
  readonly response_types?: readonly string[] | null | undefined;
  readonly scope?: string | null | undefined;
  readonly dpop_bound_access_tokens?: boolean | null | undefined;
  readonly require_pushed_authorization_requests?: boolean | null | undefined;
  readonly subject_type?: string | null | undefined;
  readonly id_token_signed_response_alg?: string | null | undefined;
};

/** By `token_endpoint_auth_method`. Either way to send a secret will do, whichever was named. */
const authentications: Readonly<Record<string, ClientAuthentication>> = {
  none: 'none',
  client_secret_basic: 'client_secret',
  client_secret_post: 'client_secret',
  private_key_jwt: 'private_key_jwt',
};

/** Of people who sign in: whoever nobody here knows has no access in its own name, and no code for another device. */
const grants: readonly GrantType[] = ['authorization_code', 'refresh_token'];
/** Never `account`, which opens `/v1` (S76). People are asked about each that is asked for. */
const scopes: readonly Scope[] = scopeNames.filter((name) => name !== 'account');

/**
 * @returns what it is here, and each fault at its field in the words of the RFC. Its tokens are meant for itself, or for
 *   those of `registration.resources` that it asks for; PKCE is always asked of it, and people always about it
 */
export function readMetadata(
  sent: SentMetadata,
  clientId: ClientId,
  settings: RegistrationSettings,
): { readonly metadata: ClientMetadata; readonly faults: readonly Fault[] } {
  const method = sent.token_endpoint_auth_method ?? 'client_secret_basic';
  const types = sent.grant_types ?? ['authorization_code'];
  const given: GivenMetadata = {
    ...Object.fromEntries(same.map((field) => [field, sent[field]])),
    kind: method === 'none' ? 'public' : 'confidential',
    name: sent.client_name?.trim() || nameOf(sent),
    authentication: authentications[method] ?? 'client_secret',
    // RFC 9449 §5.2, RFC 9126 §6.
    dpop: sent.dpop_bound_access_tokens ? 'required' : 'optional',
    par: sent.require_pushed_authorization_requests ? 'required' : 'optional',
    // RFC 7591 §3.2.1: what it asked for beside may be left out. Agents name each grant that they know of.
    grants: grants.filter((grant) => types.includes(grant)),
    scopes: scopes.filter((name) => sent.scope?.split(' ').includes(name) ?? true),
    audiences: [clientId, ...settings.registration.resources],
  };
  const metadata = completeMetadata(given, clientId, settings);
  const only = (field: keyof SentMetadata, holds: boolean, detail: string): Fault[] =>
    holds ? [] : [{ pointer: `/${field}`, detail }];
  return {
    metadata,
    faults: [
      ...only('token_endpoint_auth_method', Object.hasOwn(authentications, method), 'is none of those that there are'),
      ...only('grant_types', types.includes('authorization_code'), 'must have authorization_code'),
      ...only('response_types', sent.response_types?.includes('code') ?? true, 'must have code'),
      ...only('subject_type', (sent.subject_type ?? 'public') === 'public', 'must be public'),
      ...only(
        'id_token_signed_response_alg',
        (sent.id_token_signed_response_alg ?? 'RS256') === 'RS256',
        'must be RS256',
      ),
      ...metadataFaults(metadata, clientId, settings).map(({ pointer, detail }) => ({
        pointer: pointer.replace(/^\/(\w+)/, (_, field: string) => `/${inRfc[field] ?? field}`),
        detail,
      })),
    ],
  };
}

const inRfc: Readonly<Record<string, string>> = {
  name: 'client_name',
  grants: 'grant_types',
  scopes: 'scope',
  authentication: 'token_endpoint_auth_method',
};

/** Where it has none: the host that the answer goes to. */
function nameOf({ redirect_uris: uris }: SentMetadata): string {
  const [uri = ''] = uris ?? [];
  return (URL.canParse(uri) && new URL(uri).hostname.slice(0, 60)) || 'Application';
}

const methodOf: Partial<Readonly<Record<ClientAuthentication, string>>> = {
  none: 'none',
  client_secret: 'client_secret_basic',
  private_key_jwt: 'private_key_jwt',
};

/** What is stored of it (§3.2.1), without what it is shown once. */
export const shownMetadata = (
  client: Omit<Client, 'source' | 'org_id'> & Pick<ClientMetadata, 'jwks' | 'jwks_uri'>,
) => ({
  client_id: client.client_id as string,
  client_name: client.name,
  token_endpoint_auth_method: methodOf[client.authentication],
  grant_types: client.grants,
  response_types: ['code'],
  scope: client.scopes.join(' '),
  dpop_bound_access_tokens: client.dpop === 'required',
  require_pushed_authorization_requests: client.par === 'required',
  ...Object.fromEntries(same.map((field) => [field, client[field]]).filter(([, value]) => value !== null)),
});

/** 256 random bits. The prefix lets scanners of source code find one that got there. */
export const newRegistrationToken = (prefix: 'rat' | 'iat'): string =>
  `${prefix}_${randomBytes(32).toString('base64url')}`;

export const registrationHash = (token: string): Buffer => createHash('sha256').update(token).digest();
