/** What the doors answer where something is wrong. */
import * as z from 'zod/mini';
import { secondFactor } from './factors.ts';
import { id } from './fields.ts';
import { RequestOptions } from './passkeys.ts';

/** RFC 9457. */
export const ProblemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  correlation_id: id,
  errors: z.optional(z.array(z.object({ pointer: z.string(), detail: z.string() }))),
  /**
   * With REAUTHENTICATION_REQUIRED and INSUFFICIENT_USER_AUTHENTICATION: how long ago, at most, the person may have
   * authenticated, seconds; and at which levels, separated by spaces.
   */
  max_age: z.optional(z.int()),
  acr_values: z.optional(z.string()),
  /** With SECOND_FACTOR_REQUIRED: by which the sign-in goes on for ten minutes, and what may be shown then. */
  mfa_token: z.optional(z.string()),
  methods: z.optional(z.array(secondFactor)),
  /** Where a passkey is among the methods: what the browser shows it by. */
  passkey_options: z.optional(RequestOptions),
  /** There are more faults than the 20 that are named. */
  more_errors: z.optional(z.literal(true)),
});

/** RFC 6749 §5.2. */
export const OAuthError = z.object({ error: z.string(), error_description: z.optional(z.string()) });
