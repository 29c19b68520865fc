/** Requests and answers about factors. */
import * as z from 'zod/mini';

export const secondFactor = z.enum(['passkey', 'totp', 'recovery']);

/** As people type it: six digits of an app, or a recovery code, with what they put between the groups. */
export const factorCode = z
  .string()
  .check(z.trim(), z.minLength(1, { error: 'must not be empty' }), z.maxLength(50, { error: 'at most 50 characters' }));
