/** The domain of the passkeys, which stays that of the first. */
import type { Database } from './database.ts';

/** In a statement with `added`, the passkeys that it adds, and the parameters `rp_id` and `now`. */
export const notesDomain = `
  noted as (
    insert into passkey_domain (rp_id, noted_at)
    select :rp_id, :now::timestamptz
    from added
    on conflict (only_row) do nothing
  )`;

/**
 * Forgets the domain where no passkey is left: the next first one notes its own.
 * @returns the domain that the passkeys belong to, where that is another than this one
 */
export async function otherPasskeyDomain(database: Database, rpId: string): Promise<string | null> {
  const [row] = await database.query<{ rp_id: string }>(
    `
    with other as (select rp_id from passkey_domain where rp_id <> :rp_id),
    -- By the index of their ids, which no other factor has.
    kept as (select from factors where credential_id > ''::bytea limit 1),
    forgotten as (delete from passkey_domain where rp_id <> :rp_id and not exists (select from kept))
    select rp_id from other where exists (select from kept)`,
    { rp_id: rpId },
  );
  return row?.rp_id ?? null;
}
