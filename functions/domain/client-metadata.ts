/**
 * What a client registers, whichever way it comes: by the settings, the command, an administrator, and later by itself.
 * It is completed by what is usual for its kind, and then checked as a whole (RFC 7591 §2, RFC 9700 §2.1).
 */
import { type Client, type ClientKind, clientChoices, type GrantType, grantTypes, TOKEN_EXCHANGE } from './client.ts';
import { type KeySet, keySetFault } from './client-keys.ts';
import { uriFaults } from './client-uris.ts';
import { DEVICE_GRANT } from './device-code.ts';
import type { ClientId } from './ids.ts';
import { holdsUnseen, isVisible } from './people-text.ts';
import type { Fault } from './problem.ts';
import { claimNames, isOfResource, isScope, scopeNames } from './scopes.ts';
import { isStorable } from './storable-text.ts';

/** What {@link Client} says of itself; the rest says whose it is and where it comes from. */
export interface ClientMetadata extends Omit<Client, 'client_id' | 'source' | 'org_id'> {
  /** Given keys; null where they are fetched, or there are none. */
  readonly jwks: KeySet | null;
  readonly jwks_uri: string | null;
}

/** As somebody gives it: a kind, a name, and what is not as usual. Null is as good as left out. */
export type GivenMetadata = Pick<ClientMetadata, 'kind' | 'name'> & {
  readonly [Field in keyof ClientMetadata]?: ClientMetadata[Field] | null | undefined;
};

/** Of the stage's settings, which are checked together with its clients. */
export interface MetadataSettings {
  readonly audience: string;
  /** Where it is known: it may be CloudFront's own name. */
  readonly issuer?: string;
  readonly accessTokenSeconds: number;
  readonly sessionIdleDays: number;
  readonly sessionMaxDays: number;
}

/** Seconds. */
const DAY = 24 * 60 * 60;

const MOST_NAME = 60;
const MOST_AUDIENCES = 20;
/** All of it as JSON: the Data API gives 64 KB a row, and a client is read in one, beside what else a statement answers. */
export const MOST_METADATA_BYTES = 32 * 1024;

const none = {
  logo_uri: null,
  client_uri: null,
  policy_uri: null,
  tos_uri: null,
  redirect_uris: [],
  post_logout_redirect_uris: [],
  backchannel_logout_uri: null,
  backchannel_logout_session_required: false,
  jwks: null,
  jwks_uri: null,
  first_party: false,
  pkce: 'required',
  dpop: 'optional',
  par: 'optional',
  id_token_claims: [],
  access_token_seconds: null,
  session_idle_seconds: null,
  session_max_seconds: null,
} as const;

const forPeople = {
  grants: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'profile', 'email'],
} as const satisfies Partial<ClientMetadata>;

/** A public client's refresh token can be stolen and used by anybody, so its reuse is detected (RFC 9700 §4.14.2). */
const usual = {
  public: { ...forPeople, authentication: 'none', refresh: 'rotates' },
  confidential: { ...forPeople, authentication: 'client_secret', refresh: 'keeps' },
  machine: { grants: ['client_credentials'], scopes: [], authentication: 'client_secret', refresh: 'keeps' },
} as const satisfies Record<ClientKind, Partial<ClientMetadata>>;

/**
 * Completes what was given by what is usual for its kind. Tokens of our own clients are meant for the stage's services;
 * those of others for the client itself, unless they ask for a resource that is among their audiences: a service that
 * looks at `aud` alone must not take a third party's token.
 */
export function completeMetadata(
  given: GivenMetadata,
  clientId: ClientId,
  { audience }: Pick<MetadataSettings, 'audience'>,
): ClientMetadata {
  const said = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  const whole: Omit<ClientMetadata, 'name'> = {
    ...none,
    ...usual[given.kind],
    ...(given.jwks || given.jwks_uri ? { authentication: 'private_key_jwt' } : {}),
    kind: given.kind,
    audiences: [given.first_party ? audience : clientId],
  };
  return { ...whole, name: given.name, ...Object.fromEntries(said) };
}

/** Every fault, each at its field (RFC 6901). The fields' types are those of {@link ClientMetadata} by now. */
export function metadataFaults(metadata: ClientMetadata, clientId: ClientId, settings: MetadataSettings): Fault[] {
  return [
    ...nameFaults(clientId, settings),
    ...(Buffer.byteLength(JSON.stringify(metadata)) > MOST_METADATA_BYTES
      ? [{ pointer: '', detail: `must be at most ${MOST_METADATA_BYTES} bytes in all` }]
      : []),
    ...wordFaults(metadata),
    ...uriFaults(metadata),
    ...kindFaults(metadata),
    ...keyFaults(metadata),
    ...lifetimeFaults(metadata, settings),
  ];
}

type Field = keyof ClientMetadata | 'client_id';
const fault = (field: Field, detail: string, index?: number): Fault => ({
  pointer: `/${field}${index === undefined ? '' : `/${index}`}`,
  detail,
});
const when = (condition: boolean, ...about: Parameters<typeof fault>): Fault[] => (condition ? [fault(...about)] : []);

/**
 * The audience of its ID tokens is its id (OpenID Connect Core §2), and an API Gateway authorizer looks at `aud` alone: of a
 * client that is named like the stage's services, they would open those.
 */
const nameFaults = (clientId: ClientId, { audience, issuer }: MetadataSettings): Fault[] =>
  when([audience, issuer].includes(clientId), 'client_id', 'must not be an audience or the issuer of the stage');

function wordFaults(metadata: ClientMetadata): Fault[] {
  const { name, grants, scopes, audiences, id_token_claims: claims } = metadata;
  const unknown = (field: keyof ClientMetadata, given: readonly string[], known: readonly string[]) => [
    ...given.flatMap((word, index) => when(!known.includes(word), field, `must be one of ${known.join(', ')}`, index)),
    ...when(new Set(given).size < given.length, field, 'must name each once'),
  ];
  return [
    ...when(
      !isStorable(name) ||
        [...name].length > MOST_NAME ||
        holdsUnseen(name) ||
        !isVisible(name) ||
        name !== name.trim(),
      'name',
      `must be 1 to ${MOST_NAME} visible characters`,
    ),
    ...(Object.keys(clientChoices) as (keyof typeof clientChoices)[]).flatMap((field) => {
      const known: readonly string[] = clientChoices[field];
      return when(!known.includes(metadata[field]), field, `must be one of ${known.join(', ')}`);
    }),
    ...unknown('grants', grants, grantTypes),
    ...unknown('scopes', scopes, [
      ...scopeNames,
      ...scopes.filter(isOfResource),
      'those of other services (essays:read)',
    ]),
    ...unknown('id_token_claims', claims, claimNames),
    ...when(
      audiences.length === 0 || audiences.length > MOST_AUDIENCES,
      'audiences',
      `must name 1 to ${MOST_AUDIENCES}`,
    ),
    ...audiences.flatMap((audience, index) =>
      when(!/^[!-~]{1,200}$/.test(audience), 'audiences', 'must be 1 to 200 characters without spaces', index),
    ),
  ];
}

/** Which grants a kind of client may have, how it shows who it is, and what goes with that. */
function kindFaults(metadata: ClientMetadata): Fault[] {
  const { kind, grants, scopes, authentication, pkce, refresh, redirect_uris: uris } = metadata;
  const has = (grant: GrantType) => grants.includes(grant);
  const [hasCodes, signsIn] = [has('authorization_code'), has('authorization_code') || has(DEVICE_GRANT)];
  const acts = has('client_credentials') || has(TOKEN_EXCHANGE);
  const { backchannel_logout_uri: told } = metadata;
  return [
    ...when(grants.length === 0, 'grants', 'must name one at least'),
    ...when(
      kind === 'public' && acts,
      'grants',
      'must not have client_credentials or token-exchange: a public client shows nothing of itself',
    ),
    ...when(
      kind === 'machine' && grants.some((grant) => grant !== 'client_credentials' && grant !== TOKEN_EXCHANGE),
      'grants',
      'must be client_credentials or token-exchange: nobody signs in to a machine',
    ),
    ...when(has('refresh_token') && !signsIn, 'grants', 'must have one that signs in beside refresh_token'),
    ...when(hasCodes && uris.length === 0, 'redirect_uris', 'must name one at least'),
    ...when(!hasCodes && uris.length > 0, 'redirect_uris', 'must be empty without the grant authorization_code'),
    ...when(!signsIn && told !== null, 'backchannel_logout_uri', 'is of use with a grant that signs in alone'),
    ...when(
      scopes.some((name) => (isScope(name) ? !signsIn && !has(TOKEN_EXCHANGE) : !acts && isOfResource(name))),
      'scopes',
      'must fit the grants: ours are about people, and sign-in gives none of other services',
    ),
    ...when(
      (kind === 'public') !== (authentication === 'none') || (authentication === 'workload' && kind !== 'machine'),
      'authentication',
      kind === 'public' ? 'must be none: a public client keeps no secret' : 'must be how such a client shows who it is',
    ),
    ...when(kind !== 'confidential' && pkce !== 'required', 'pkce', 'must be required of a client without a secret'),
    ...when(
      kind === 'public' && refresh !== 'rotates',
      'refresh',
      'must be rotates: whoever steals the token of a public client can use it',
    ),
  ];
}

function keyFaults({ authentication, jwks, jwks_uri }: ClientMetadata): Fault[] {
  const found = jwks === null ? null : keySetFault(jwks);
  const signs = authentication === 'private_key_jwt';
  return [
    ...(found ? [fault('jwks', found)] : []),
    ...when(jwks !== null && jwks_uri !== null, 'jwks_uri', 'must not be beside jwks (RFC 7591 §2)'),
    ...when(signs && jwks === null && jwks_uri === null, 'jwks', 'or jwks_uri must say by which keys it signs'),
    ...when(!signs && jwks !== null, 'jwks', 'is of use with private_key_jwt alone'),
    ...when(!signs && jwks_uri !== null, 'jwks_uri', 'is of use with private_key_jwt alone'),
  ];
}

/** A client may have less than the stage gives, never more. */
function lifetimeFaults(metadata: ClientMetadata, settings: MetadataSettings): Fault[] {
  const most = {
    access_token_seconds: settings.accessTokenSeconds,
    session_idle_seconds: settings.sessionIdleDays * DAY,
    session_max_seconds: settings.sessionMaxDays * DAY,
  };
  return (Object.keys(most) as (keyof typeof most)[]).flatMap((field) => {
    const seconds = metadata[field];
    return when(
      seconds !== null && !(Number.isInteger(seconds) && seconds >= 60 && seconds <= most[field]),
      field,
      `must be 60 to ${most[field]} seconds, as the stage has it`,
    );
  });
}
