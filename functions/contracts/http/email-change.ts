/** Changing the account's address. */
import * as z from 'zod/mini';
import { newEmailAddress, time, token } from './fields.ts';

export const ChangeEmailRequest = z.object({ email: newEmailAddress });
/** Of a mailed link. */
export const EmailChangeLinkRequest = z.object({ token });
export const EmailChangedResponse = z.object({ message: z.string(), device_token: z.optional(z.string()) });
export const AddressResponse = z.object({
  email: z.string(),
  email_verified: z.boolean(),
  /** Asked for, and not confirmed yet. */
  pending: z.nullable(z.object({ email: z.string(), requested_at: time, expires_at: time })),
  /** The address before may undo the last change until then; there is no other change before. */
  undo_until: z.nullable(time),
});

const field = z._default(z.string().check(z.maxLength(8192)), '');
const pastedToken = z._default(z.string().check(z.trim(), z.maxLength(8192)), '');
export const EmailChangeQuery = z.object({ token: pastedToken, lang: field });
export const EmailChangeForm = z.object({ token: pastedToken, lang: field, answer: field });
