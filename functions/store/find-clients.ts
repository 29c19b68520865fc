/** Reading clients: as the endpoints need one, and as whoever administers them sees them. */
import type { RegisteredClient } from '../domain/client.ts';
import type { ClientId } from '../domain/ids.ts';
import type { Database } from './database.ts';

/** The columns of {@link Client}, of a row `c` of `clients`. */
export const clientColumns = (c: string) =>
  [
    'client_id',
    'kind',
    'name',
    'logo_uri',
    'client_uri',
    'policy_uri',
    'tos_uri',
    'redirect_uris',
    'post_logout_redirect_uris',
    'grants',
    'scopes',
    'audiences',
    'authentication',
    'first_party',
    'pkce',
    'id_token_claims',
    'refresh',
    'access_token_seconds',
    'session_idle_seconds',
    'session_max_seconds',
    'source',
    'org_id',
  ]
    .map((column) => `${c}.${column}`)
    .join(', ');

/** JSON comes as text from the Data API. */
type Row<T extends object, Json extends keyof T> = Omit<T, Json> & { readonly [Field in Json]: string | null };

/** @returns null where there is none. Secrets that are over are among its secrets until they are swept */
export async function findClient(database: Database, clientId: ClientId): Promise<RegisteredClient | null> {
  const [row] = await database.query<Row<RegisteredClient, 'jwks' | 'secrets'>>(
    `
    select
      ${clientColumns('c')},
      c.jwks,
      c.jwks_uri,
      (
        select jsonb_agg(
          jsonb_build_object(
            'hash', encode(s.secret_hash, 'hex'),
            'expires_at', (extract(epoch from s.expires_at) * 1000)::bigint
          )
          order by s.created_at desc
        )
        from client_secrets s
        where s.client_id = c.client_id
      ) as secrets
    from clients c
    where c.client_id = :client_id`,
    { client_id: clientId },
  );
  if (!row) return null;
  return { ...row, jwks: JSON.parse(row.jwks ?? 'null'), secrets: JSON.parse(row.secrets ?? '[]') };
}

/** @returns the ids of the clients that come from the settings, which are few */
export async function listSettingsClients(database: Database): Promise<ClientId[]> {
  const rows = await database.query<{ client_id: ClientId }>(
    "select client_id from clients where source = 'settings' order by client_id",
  );
  return rows.map(({ client_id }) => client_id);
}

export type ListedClient = Pick<RegisteredClient, 'client_id' | 'kind' | 'name' | 'authentication' | 'source'>;

/** The next clients by their ids. @param after the last of those before; null for the first */
export const listClients = (
  database: Database,
  { after, limit }: { readonly after: ClientId | null; readonly limit: number },
): Promise<ListedClient[]> =>
  database.query<ListedClient>(
    `
    select client_id, kind, name, authentication, source
    from clients
    where :after::text is null or client_id > :after
    order by client_id
    limit :limit`,
    { after, limit },
  );
