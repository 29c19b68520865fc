/** Logos of clients, as they were fetched. */
import type { Logo, LogoType } from '../domain/client-logo.ts';
import type { ClientId } from '../domain/ids.ts';
import type { Database } from './database.ts';

export interface ClientLogo {
  readonly name: string;
  readonly logo_uri: string | null;
  /** When it was fetched from there, milliseconds since the epoch; null: not yet. */
  readonly fetched_at: number | null;
  /** Null of one that was not fetched, or is not shown. */
  readonly type: LogoType | null;
  readonly bytes: Uint8Array | null;
}

/** @returns null where there is no such client */
export async function findClientLogo(database: Database, clientId: ClientId): Promise<ClientLogo | null> {
  const [row] = await database.query<ClientLogo>(
    `
    select
      c.name,
      c.logo_uri,
      (extract(epoch from l.fetched_at) * 1000)::bigint as fetched_at,
      l.type,
      l.bytes
    from clients c
    left join client_logos l on l.client_id = c.client_id and l.logo_uri = c.logo_uri
    where c.client_id = :client_id`,
    { client_id: clientId },
  );
  return row ?? null;
}

export interface FetchedLogo {
  readonly clientId: ClientId;
  /** Where it was fetched from. */
  readonly logoUri: string;
  /** Null: nothing that is shown came from there. */
  readonly logo: Logo | null;
}

/** Of a client that was removed, or names another address by now, nothing is kept. */
export async function keepClientLogo(
  database: Database,
  { clientId, logoUri, logo }: FetchedLogo,
  now: Date,
): Promise<void> {
  await database.query(
    `
    insert into client_logos as l (client_id, logo_uri, type, bytes, fetched_at)
    select c.client_id, c.logo_uri, :type, :bytes, :now::timestamptz
    from clients c
    where c.client_id = :client_id and c.logo_uri = :logo_uri
    for key share
    on conflict (client_id) do update
    set logo_uri = excluded.logo_uri, type = excluded.type, bytes = excluded.bytes, fetched_at = excluded.fetched_at
    -- A picture that came to somebody else at this moment stays.
    where l.logo_uri <> excluded.logo_uri or l.bytes is null`,
    { client_id: clientId, logo_uri: logoUri, type: logo?.type ?? null, bytes: logo?.bytes ?? null, now },
  );
}
