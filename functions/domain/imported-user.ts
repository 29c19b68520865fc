/** A line for `npm run users -- import`: an account as another system had it. */
import * as z from 'zod/mini';
import { id, newEmailAddressOf, optional, PersonName } from '../contracts/http/fields.ts';
import { UpdateMeRequest } from '../contracts/http.ts';
import { isVerifiable } from './foreign-hash.ts';
import type { Settings } from './settings.ts';

const UNVERIFIABLE = 'not a hash that a login can compare a password with in two seconds';

const DAY = 24 * 60 * 60 * 1000;

/** A time that PostgreSQL can hold: its ranges of years and offsets are smaller than RFC 3339's. */
const registeredAt = z.iso.datetime({ offset: true, error: 'not a time of RFC 3339' }).check(
  z.refine((value) => isSince1970(new Date(value)), { error: 'not a time from 1970 until now', abort: true }),
  z.overwrite((value) => new Date(value).toISOString()),
);

const isSince1970 = (time: Date) => time.getTime() >= 0 && time.getTime() <= Date.now() + DAY;

/** Everything but the address is optional. The object is strict: a misspelt field is reported, not lost. */
export const importedUser = (settings: Pick<Settings, 'acceptUnsendable'>) =>
  z.strictObject({
    email: newEmailAddressOf(settings),
    email_verified: optional(z.boolean()),
    /** In a form of foreign-hash.ts; without a hash, the owner sets a password with a reset link. */
    password_hash: optional(z.string().check(z.refine(isVerifiable, { error: UNVERIFIABLE }))),
    ...UpdateMeRequest.shape,
    person_name: optional(z.strictObject(PersonName.shape)),
    registered_at: optional(registeredAt),
    /** Kept, in case other services know the account by it. */
    user_id: optional(id),
  });
export type ImportedUser = z.infer<ReturnType<typeof importedUser>>;
