/** What people say of themselves. */
import type { ShownProfile } from '../contracts/http/profile.ts';

/** As an account's row has it. */
export interface ProfileColumns {
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly legal_full_name: string | null;
  readonly display_name: string | null;
  readonly locale: string | null;
}

/** As every answer has it; `person_name` is null for an account without a name. */
export const shownProfile = (row: ProfileColumns): ShownProfile => ({
  person_name:
    row.first_name === null
      ? null
      : {
          first_name: row.first_name,
          last_name: row.last_name ?? '',
          ...(row.legal_full_name === null ? {} : { legal_full_name: row.legal_full_name }),
        },
  display_name: row.display_name,
  locale: row.locale,
});
