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

export interface OtherDomain {
  readonly rp_id: string;
  /** How many passkeys there are. */
  readonly passkeys: number;
}

/** @returns the domain that the passkeys belong to, where that is another than this one, and there are any */
export async function otherPasskeyDomain(database: Database, rpId: string): Promise<OtherDomain | null> {
  const [row] = await database.query<OtherDomain>(
    `
    with other as (select rp_id from passkey_domain where rp_id <> :rp_id),
    counted as (select count(*)::integer as passkeys from factors where kind = 'passkey' and exists (select from other)),
    -- The next first passkey notes its own.
    forgotten as (delete from passkey_domain using counted where counted.passkeys = 0 and rp_id <> :rp_id)
    select other.rp_id, counted.passkeys
    from other, counted
    where counted.passkeys > 0`,
    { rp_id: rpId },
  );
  return row ?? null;
}
