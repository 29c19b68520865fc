/** What the endpoints of OAuth 2.1 and OpenID Connect take and answer. */
import * as z from 'zod/mini';
import { bodyOf } from './body-limit.ts';
import { id, nextCursor, optional, time } from './fields.ts';

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
