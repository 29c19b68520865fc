/** Clients that register themselves: RFC 7591, RFC 7592. What each field may be is in domain/client-registration.ts. */
import * as z from 'zod/mini';
import { MOST_METADATA_BYTES } from '../../domain/client-metadata.ts';
import { bodyOf } from './body-limit.ts';
import { optional } from './fields.ts';

const text = z.string();
const texts = z.array(text);
const jwks = z.object({ keys: z.array(z.record(text, z.unknown())) });

const metadata = {
  client_name: optional(text),
  redirect_uris: optional(texts),
  post_logout_redirect_uris: optional(texts),
  backchannel_logout_uri: optional(text),
  backchannel_logout_session_required: optional(z.boolean()),
  token_endpoint_auth_method: optional(text),
  grant_types: optional(texts),
  response_types: optional(texts),
  scope: optional(text),
  client_uri: optional(text),
  logo_uri: optional(text),
  policy_uri: optional(text),
  tos_uri: optional(text),
  jwks: optional(jwks),
  jwks_uri: optional(text),
  dpop_bound_access_tokens: optional(z.boolean()),
  require_pushed_authorization_requests: optional(z.boolean()),
  subject_type: optional(text),
  id_token_signed_response_alg: optional(text),
};

/** Other fields are dropped, as the RFC has it. */
export const RegisterClientRequest = bodyOf(MOST_METADATA_BYTES, z.object(metadata));
export type RegisterClientRequest = z.infer<typeof RegisterClientRequest>;

/** RFC 7592 §2.2: all of it anew, with whose it is. */
export const ReplaceClientRequest = bodyOf(
  MOST_METADATA_BYTES,
  z.object({ ...metadata, client_id: text, client_secret: optional(text) }),
);

export const RegisteredClientResponse = z.object({
  client_id: text,
  /** Seconds since the epoch. */
  client_id_issued_at: z.int(),
  /** Where this answer makes one: it is not shown again. */
  client_secret: z.optional(text),
  /** 0: it does not end. */
  client_secret_expires_at: z.optional(z.int()),
  registration_client_uri: z.url(),
  /** The one that the caller has, or has from now on: it stays as long as the registration. */
  registration_access_token: text,
  client_name: text,
  redirect_uris: texts,
  post_logout_redirect_uris: texts,
  backchannel_logout_uri: z.optional(text),
  backchannel_logout_session_required: z.boolean(),
  token_endpoint_auth_method: text,
  grant_types: texts,
  response_types: texts,
  scope: text,
  dpop_bound_access_tokens: z.boolean(),
  require_pushed_authorization_requests: z.boolean(),
  client_uri: z.optional(text),
  logo_uri: z.optional(text),
  policy_uri: z.optional(text),
  tos_uri: z.optional(text),
  jwks: z.optional(jwks),
  jwks_uri: z.optional(text),
});
