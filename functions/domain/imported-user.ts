/** A line of `npm run users -- import`: an account as another system had it. */
import * as z from 'zod/mini';
import { RegisterRequest, UpdateMeRequest } from '../contracts/http.ts';
import { isVerifiable } from './foreign-hash.ts';

/** Everything but the address may be left out. */
export const ImportedUser = z.object({
  email: RegisterRequest.shape.email,
  email_verified: z.optional(z.boolean()),
  /** A form of foreign-hash.ts; without one, the owner sets a password by the reset link. */
  password_hash: z.optional(
    z.nullable(z.string().check(z.refine(isVerifiable, { error: 'no hash that a login could compare with' }))),
  ),
  person_name: RegisterRequest.shape.person_name,
  display_name: UpdateMeRequest.shape.display_name,
  locale: UpdateMeRequest.shape.locale,
  registered_at: z.optional(z.iso.datetime({ offset: true })),
  /** Kept, where other services know the account by it. */
  user_id: z.optional(z.uuid()),
});
export type ImportedUser = z.infer<typeof ImportedUser>;
