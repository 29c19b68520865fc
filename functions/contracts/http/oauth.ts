/** What the endpoints of OAuth 2.1 and OpenID Connect take and answer. */
import * as z from 'zod/mini';
import { bodyOf } from './body-limit.ts';
import { actor, id, nextCursor, optional, text, time, token } from './fields.ts';

/** A list, so that one that comes twice is answered as the RFCs name it, and not before anybody looked at the client. */
const values = optional(z.array(z.string()));

const names = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'prompt',
  'max_age',
  'login_hint',
  'id_token_hint',
  'ui_locales',
  'acr_values',
  'claims',
  'request',
  'request_uri',
  'registration',
] as const;
const each = <F>(field: F) =>
  Object.fromEntries(names.map((name) => [name, field])) as Record<(typeof names)[number], F>;

/** RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1; `continue` is a request of before, as our own pages pass it on. */
export const AuthorizeParameters = bodyOf(
  // A client may post 16 KiB, which are a third more when they come back sealed.
  32 * 1024,
  z.object({ ...each(values), resource: values, continue: values }),
);

/** RFC 9126 §2.1: the same from the client itself, which shows who it is; only `resource` may come more than once. */
export const PushRequest = z.object({
  ...each(optional(z.string())),
  resource: values,
  client_secret: optional(z.string()),
  client_assertion: optional(z.string()),
  client_assertion_type: optional(z.string()),
});
/** RFC 9126 §2.2. */
export const PushResponse = z.object({
  request_uri: z.string(),
  /** Seconds. */
  expires_in: z.int(),
});

/** What a person has let clients do, and may take back. */
export const ConsentsResponse = z.object({
  next_cursor: nextCursor,
  consents: z.array(
    z.object({
      consent_id: id,
      client_id: z.string(),
      client_name: z.string(),
      client_uri: z.nullable(z.string()),
      scopes: z.array(z.string()),
      resources: z.array(z.string()),
      given_at: time,
    }),
  ),
});

/** How a client shows who it is in a form (RFC 6749 §2.3.1, RFC 7521 §4.2); functions/http/client-route.ts reads it. */
export const clientCredentials = {
  client_id: optional(text(2_048)),
  client_secret: optional(text(1_024)),
  client_assertion: optional(text(8_192)),
  client_assertion_type: optional(text(200)),
};

const targets = z.array(text(2_048)).check(z.maxLength(20));

/** RFC 8628 §3.1, RFC 8707 §2. */
export const DeviceRequest = z.object({
  ...clientCredentials,
  scope: optional(text(1_000)),
  /** May come more than once. */
  resource: optional(targets),
});
/** RFC 8628 §3.2. */
export const DeviceResponse = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  /** Seconds. */
  expires_in: z.int(),
  interval: z.int(),
});

/** RFC 6749 §4.1.3, §4.4.2, §6, RFC 7636 §4.5, RFC 8707 §2.2. */
export const TokenRequest = z.object({
  ...clientCredentials,
  grant_type: text(200),
  code: optional(text(200)),
  redirect_uri: optional(text(2_048)),
  code_verifier: optional(text(200)),
  refresh_token: optional(text(200)),
  device_code: optional(text(200)),
  scope: optional(text(1_000)),
  /** May come more than once. */
  resource: optional(targets),
  /** RFC 7523 §2.1. */
  assertion: optional(text(8_192)),
  /** RFC 8693 §2.1. */
  audience: optional(targets),
  subject_token: optional(text(8_192)),
  subject_token_type: optional(text(200)),
  requested_token_type: optional(text(200)),
  actor_token: optional(text(8_192)),
  actor_token_type: optional(text(200)),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

/** RFC 6749 §5.1, OpenID Connect Core §3.1.3.3. */
export const OAuthTokenResponse = z.object({
  access_token: z.string(),
  /** `DPoP` where the request had a proof: bound to its key (RFC 9449 §5). */
  token_type: z.enum(['Bearer', 'DPoP']),
  /** Seconds. */
  expires_in: z.int(),
  /** What was given, which may be less than what was asked for. Section 3.3 has no empty one: left out, none was asked for. */
  scope: z.optional(z.string()),
  refresh_token: z.optional(z.string()),
  id_token: z.optional(z.string()),
  /** RFC 8693 §2.2.1, of an exchange alone. */
  issued_token_type: z.optional(z.string()),
});
export type OAuthTokenResponse = z.infer<typeof OAuthTokenResponse>;

/** RFC 7662 §2.1, RFC 7009 §2.1, by client authentication. */
export const ClientTokenRequest = z.object({
  ...clientCredentials,
  token,
  token_type_hint: optional(text(100)),
});

/** RFC 6750 §2.2: the token, where no header has it. */
export const UserinfoForm = z.object({ access_token: optional(token) });

const audience = z.union([z.string(), z.array(z.string())]);

/** OpenID Connect Core §5.3.2: what the scopes and the request give; a claim without a value is left out. */
export const UserinfoResponse = z.object({
  sub: z.string(),
  name: z.optional(z.string()),
  given_name: z.optional(z.string()),
  family_name: z.optional(z.string()),
  locale: z.optional(z.string()),
  /** Seconds since the epoch. */
  updated_at: z.optional(z.int()),
  email: z.optional(z.string()),
  email_verified: z.optional(z.boolean()),
  org_id: z.optional(id),
  org_name: z.optional(z.string()),
  roles: z.optional(z.array(z.string())),
});

/** RFC 7662 §2.2, for tokens issued to the caller or meant for it; true now (S65). A machine's has no session. */
export const ClientIntrospectResponse = z.union([
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    client_id: z.string(),
    scope: z.optional(z.string()),
    sub: z.string(),
    iss: z.string(),
    aud: audience,
    exp: z.int(),
    iat: z.int(),
    /** A refresh token has none. */
    jti: z.optional(z.string()),
    sid: z.optional(id),
    org_id: z.optional(z.nullable(id)),
    roles: z.optional(z.array(z.string())),
    email_verified: z.optional(z.boolean()),
    auth_time: z.optional(z.int()),
    acr: z.optional(z.string()),
    amr: z.optional(z.array(z.string())),
    act: z.optional(actor),
    token_type: z.enum(['Bearer', 'DPoP', 'refresh_token']),
    /** The thumbprint of the key that it is bound to (RFC 9449 §6.2). */
    cnf: z.optional(z.object({ jkt: z.string() })),
  }),
]);
export type ClientIntrospectResponse = z.infer<typeof ClientIntrospectResponse>;

/** RFC 9728 §2: of our own API. */
export const ProtectedResourceResponse = z.object({
  resource: z.url(),
  authorization_servers: z.array(z.url()),
  scopes_supported: z.array(z.string()),
  bearer_methods_supported: z.array(z.string()),
  dpop_signing_alg_values_supported: z.array(z.string()),
});
