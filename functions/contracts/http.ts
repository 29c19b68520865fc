/**
 * Bodies of requests and answers. One schema each, used by the route that checks it, by the API description and by
 * the tests. zod/mini: 4 ms of a cold start where zod takes 26.
 */
import * as z from 'zod/mini';

export type Schema = z.ZodMiniType;

const id = z.uuid();
const time = z.iso.datetime();

/** Counted in code points, as people count characters; the bounds keep a hostile string from the database. */
const text = (max: number) =>
  z.string().check(z.refine((value) => [...value].length <= max, { error: `at most ${max} characters` }));
const filledText = (max: number) =>
  text(max).check(z.refine((value) => value.trim() !== '', { error: 'must not be empty' }));

/** RFC 5321 §4.5.3.1: 254 octets of address fit a path. The form is the WHATWG one, as browsers check it, plus EAI. */
const emailAddress = z.string().check(
  z.trim(),
  z.refine((value) => new TextEncoder().encode(value).length <= 254, { error: 'at most 254 bytes' }),
  z.regex(z.regexes.unicodeEmail, { error: 'not an email address' }),
);

/** Only a bound on size here; what a good password is, domain/password-policy.ts says, with its own problem code. */
const password = z.string().check(
  z.minLength(1),
  z.refine((value) => value.length <= 1024, { error: 'at most 1024 UTF-16 units' }),
);

const locale = z
  .string()
  .check(z.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, { error: 'not a BCP 47 language tag' }));

export const PersonName = z.object({ first_name: filledText(100), last_name: filledText(100) });
export type PersonName = z.infer<typeof PersonName>;

export const RegisterRequest = z.object({
  email: emailAddress,
  password,
  person_name: z.optional(PersonName),
  organization_name: z.optional(filledText(200)),
  locale: z.optional(locale),
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
  device_name: z.optional(filledText(100)),
});
/** RFC 6749 §5.1, and the session's id. */
export const TokenResponse = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  /** Seconds. */
  expires_in: z.int(),
  session_id: id,
});
export type TokenResponse = z.infer<typeof TokenResponse>;

/** Longer than any token of ours, shorter than what it would take to hash for long. */
const token = z.string().check(z.minLength(1), z.maxLength(8192));

export const RefreshRequest = z.object({ refresh_token: token, org_id: z.optional(id) });
export const LogoutRequest = z.object({ refresh_token: token });
/** RFC 7009 §2.1. */
export const RevokeRequest = z.object({ token, token_type_hint: z.optional(text(100)) });
export const EmptyResponse = z.object({});

/** RFC 7662 §2.1. */
export const IntrospectRequest = z.object({ token, token_type_hint: z.optional(text(100)) });
/** RFC 7662 §2.2; a refresh token has neither `jti` nor `roles`. */
export const IntrospectResponse = z.union([
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    sub: id,
    sid: id,
    jti: z.optional(z.string()),
    iss: z.string(),
    aud: z.string(),
    exp: z.int(),
    iat: z.int(),
    org_id: z.nullable(id),
    roles: z.optional(z.array(z.string())),
    token_type: z.enum(['Bearer', 'refresh_token']),
  }),
]);
export type IntrospectResponse = z.infer<typeof IntrospectResponse>;

export const SessionsResponse = z.object({
  sessions: z.array(
    z.object({
      session_id: id,
      device_name: z.nullable(z.string()),
      user_agent: z.nullable(z.string()),
      ip_address: z.string(),
      created_at: time,
      last_seen_at: time,
      expires_at: time,
      current: z.boolean(),
    }),
  ),
});
export const RevokeSessionRequest = z.object({ session_id: id });
export const RevokeAllRequest = z.object({ keep_current: z.optional(z.boolean()) });
export const RevokeAllResponse = z.object({ revoked: z.int() });

export const ChangePasswordRequest = z.object({ current_password: password, new_password: password });

export const UpdateMeRequest = z.object({
  person_name: z.optional(PersonName),
  display_name: z.optional(z.nullable(filledText(100))),
  locale: z.optional(z.nullable(locale)),
});
export const MeResponse = z.object({
  user_id: id,
  email: z.string(),
  email_verified: z.boolean(),
  org_id: z.nullable(id),
  roles: z.array(z.string()),
  person_name: z.nullable(PersonName),
  display_name: z.nullable(z.string()),
  locale: z.nullable(z.string()),
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

/** OpenID Connect Discovery 1.0 §3: what is true of this service, nothing more. */
export const DiscoveryResponse = z.object({
  issuer: z.url(),
  jwks_uri: z.url(),
  response_types_supported: z.array(z.string()),
  subject_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.string()),
  claims_supported: z.array(z.string()),
});

export const HealthResponse = z.object({ status: z.literal('ok'), version: z.string() });

/** RFC 9457. */
export const ProblemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  correlation_id: id,
  errors: z.optional(z.array(z.object({ pointer: z.string(), detail: z.string() }))),
});
