/** What people say of themselves: given at registration, changed later, shown wherever the account is. */
import * as z from 'zod/mini';
import { locale, optional, PersonName, peopleText } from './fields.ts';

export const givenProfile = {
  person_name: optional(PersonName),
  locale: optional(locale),
};
export type GivenProfile = z.output<z.ZodMiniObject<typeof givenProfile>>;

/** Omitted fields stay as they are. `null` clears fields that an account may lack; for others it means omitted. */
export const UpdateMeRequest = z.object({
  person_name: optional(
    z.object({ ...PersonName.shape, legal_full_name: z.optional(z.nullable(PersonName.shape.legal_full_name)) }),
  ),
  display_name: z.optional(z.nullable(peopleText(100))),
  locale: z.optional(z.nullable(locale)),
});

export const shownProfile = {
  person_name: z.nullable(PersonName),
  display_name: z.nullable(z.string()),
  locale: z.nullable(z.string()),
};
export type ShownProfile = z.output<z.ZodMiniObject<typeof shownProfile>>;
