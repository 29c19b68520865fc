/**
 * Bodies of requests and answers. Each has one schema, used by the route that checks it, by the API description and by
 * the tests. zod/mini takes 4 ms of a cold start, zod 26.
 */
import * as z from 'zod/mini';
import {
  actor,
  emailAddress,
  id,
  newEmailAddress,
  nextCursor,
  optional,
  PersonName,
  password,
  peopleText,
  text,
  time,
  token,
  typedCode,
} from './http/fields.ts';
import { givenProfile, shownProfile, UpdateMeRequest } from './http/profile.ts';

export { ReauthenticateRequest, SecondFactorRequest } from './http/factors.ts';
export { OAuthError, ProblemDocument } from './http/problems.ts';

export { PersonName, UpdateMeRequest };

export type Schema = z.ZodMiniType;

export const RegisterRequest = z.object({
  email: newEmailAddress,
  password,
  ...givenProfile,
  organization_name: optional(peopleText(200)),
});
export const RegisterResponse = z.object({
  user_id: id,
  email: z.string(),
  org_id: z.nullable(id),
  email_verification_required: z.boolean(),
});

export const LoginRequest = z.object({
  email: emailAddress,
  password,
  device_name: optional(peopleText(100)),
  /** From an earlier login of the account on this device. With anything else, the device is unknown. */
  device_token: optional(token),
});
/** Level 2 is demanded and nothing is set up: the access token sets up a second factor, and opens nothing else. */
const enrolment = { enrolment_required: z.optional(z.literal(true)) };
const accessToken = {
  access_token: z.string(),
  /** `DPoP` by a token that is bound to a key (RFC 9449 §5): the new one is, too. */
  token_type: z.enum(['Bearer', 'DPoP']),
  /** Seconds. */
  expires_in: z.int(),
  session_id: id,
  ...enrolment,
};
/** RFC 6749 §5.1, for a session whose refresh token stays valid. */
export const AccessTokenResponse = z.object(accessToken);
export type AccessTokenResponse = z.infer<typeof AccessTokenResponse>;
/** RFC 6749 §5.1, and the session's id. */
export const TokenResponse = z.extend(AccessTokenResponse, { refresh_token: z.string() });
export type TokenResponse = z.infer<typeof TokenResponse>;
/** Identifies a device when it signs in again; not there where an organisation says that its people share devices. */
const deviceToken = { device_token: z.optional(z.string()) };
export const SignInResponse = z.extend(TokenResponse, deviceToken);

export const RefreshRequest = z.object({ refresh_token: token, org_id: optional(id) });
export const LogoutRequest = z.object({ refresh_token: token });
/** RFC 7009 §2.1. */
export const RevokeRequest = z.object({ token, token_type_hint: optional(text(100)) });
export const EmptyResponse = z.object({});

/** RFC 7662 §2.1. */
export const IntrospectRequest = z.object({ token, token_type_hint: optional(text(100)) });
/** RFC 7519 §4.1.3. */
const audience = z.union([z.string(), z.array(z.string())]);
/** The thumbprint of the key that a token is bound to (RFC 9449 §6.2). */
const confirmation = z.object({ jkt: z.string() });
/** RFC 7662 §2.2, from the database's current state (S65); a refresh token has no `jti`. */
export const IntrospectResponse = z.union([
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    sub: id,
    sid: id,
    jti: z.optional(z.string()),
    iss: z.string(),
    aud: audience,
    exp: z.int(),
    iat: z.int(),
    org_id: z.nullable(id),
    roles: z.array(z.string()),
    email_verified: z.boolean(),
    act: z.optional(actor),
    token_type: z.enum(['Bearer', 'DPoP', 'refresh_token']),
    cnf: z.optional(confirmation),
  }),
]);
export type IntrospectResponse = z.infer<typeof IntrospectResponse>;

export const SessionsResponse = z.object({
  total_count: z.int(),
  next_cursor: nextCursor,
  sessions: z.array(
    z.object({
      session_id: id,
      device_name: z.nullable(z.string()),
      user_agent: z.nullable(z.string()),
      ip_address: z.string(),
      created_at: time,
      last_seen_at: time,
      expires_at: time,
      /** `api`: of the JSON door. `browser`: of the hosted pages. `client`: what an application was given there. */
      kind: z.enum(['api', 'browser', 'client']),
      client_id: z.nullable(z.string()),
      client_name: z.nullable(z.string()),
      current: z.boolean(),
    }),
  ),
});
export const RevokeSessionRequest = z.object({ session_id: id });
export const RevokeAllRequest = z.object({ keep_current: optional(z.boolean()) });
export const RevokeAllResponse = z.object({ revoked: z.int() });

export const RequestEmailVerificationRequest = z.object({ email: optional(emailAddress) });
export const RequestPasswordResetRequest = z.object({ email: emailAddress });
/** The same whether or not there is an account (S7). */
export const LinkRequestedResponse = z.object({ message: z.string(), correlation_id: id });
/** By the mailed link's token, or by the mailed code where the account was registered. */
export const VerifyEmailRequest = z
  .object({
    token: optional(token),
    user_id: optional(id),
    code: optional(typedCode),
    /** Required if the setting `verification` is `registrant` and there is no access token. */
    password: optional(password),
  })
  .check(
    z.refine(({ token, user_id, code }) => token !== undefined || (user_id !== undefined && code !== undefined), {
      error: 'is required, or user_id and code',
      path: ['token'],
    }),
  );
export const ResetPasswordRequest = z.object({ token, new_password: password });
export const MessageResponse = z.object({ message: z.string() });
export const PasswordResetResponse = z.extend(MessageResponse, deviceToken);

/** Forms of the pages behind links, sent by people: a page reports what is missing, not a list of faults. */
const field = z._default(z.string().check(z.maxLength(8192)), '');
const pastedToken = z._default(z.string().check(z.trim(), z.maxLength(8192)), '');
export const VerifyEmailForm = z.object({ token: pastedToken, lang: field, answer: field, password: field });
export const ResetPasswordForm = z.object({ token: pastedToken, lang: field, answer: field, new_password: field });
/** A page, `text/html`. */
export const HtmlPage = z.string();
/** What pages load: a stylesheet, an icon, a logo. */
export const PageFile = z.string();
export const ClientLogo = z.string();
export const StatusListToken = z.string();

export const ChangePasswordRequest = z.object({
  /** May be left out by whoever has authenticated within minutes. */
  current_password: optional(password),
  new_password: password,
  /** Returns new tokens of the session; its older refresh tokens end. */
  renew_tokens: optional(z.boolean()),
});

export const MeResponse = z.object({
  user_id: id,
  email: z.string(),
  email_verified: z.boolean(),
  org_id: z.nullable(id),
  roles: z.array(z.string()),
  ...shownProfile,
  registered_at: time,
});

/** RFC 7517 §4, public members only (S45). */
export const JwksPublicKey = z.object({
  kid: z.string(),
  kty: z.literal('RSA'),
  n: z.string(),
  e: z.string(),
  alg: z.literal('RS256'),
  use: z.literal('sig'),
});
export type JwksPublicKey = z.infer<typeof JwksPublicKey>;
export const JwksResponse = z.object({ keys: z.array(JwksPublicKey) });

/** OpenID Connect Discovery 1.0 §3, RFC 8414 §2: only what is true of this service. */
export const DiscoveryResponse = z.object({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  userinfo_endpoint: z.url(),
  jwks_uri: z.url(),
  introspection_endpoint: z.url(),
  device_authorization_endpoint: z.url(),
  revocation_endpoint: z.url(),
  pushed_authorization_request_endpoint: z.optional(z.url()),
  end_session_endpoint: z.optional(z.url()),
  registration_endpoint: z.optional(z.url()),
  backchannel_logout_supported: z.optional(z.boolean()),
  backchannel_logout_session_supported: z.optional(z.boolean()),
  client_id_metadata_document_supported: z.optional(z.boolean()),
  scopes_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  response_modes_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  subject_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  introspection_endpoint_auth_methods_supported: z.array(z.string()),
  introspection_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  dpop_signing_alg_values_supported: z.array(z.string()),
  code_challenge_methods_supported: z.array(z.string()),
  prompt_values_supported: z.array(z.string()),
  acr_values_supported: z.array(z.string()),
  ui_locales_supported: z.array(z.string()),
  claim_types_supported: z.array(z.string()),
  claims_supported: z.array(z.string()),
  authorization_response_iss_parameter_supported: z.literal(true),
  claims_parameter_supported: z.literal(true),
  request_parameter_supported: z.literal(false),
  request_uri_parameter_supported: z.literal(false),
});

export const HealthResponse = z.object({ status: z.literal('ok'), version: z.string() });

/** OpenAPI 3.1.1 §4.8.1: the description of this API. */
export const OpenApiDocument = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.unknown()),
});
