/** Reading clients as the endpoints need one. Whoever administers them reads them by administered-clients.ts. */
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
    'backchannel_logout_uri',
    'backchannel_logout_session_required',
    'grants',
    'scopes',
    'audiences',
    'authentication',
    'first_party',
    'pkce',
    'dpop',
    'par',
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

/** What a row `c` of `clients` shows who it is by, in JSON. */
export const credentials = `
  c.jwks,
  c.jwks_uri,
  (
    select jsonb_agg(
      jsonb_build_object(
        'secret_id', s.secret_id,
        'hash', encode(s.secret_hash, 'hex'),
        'created_at', (extract(epoch from s.created_at) * 1000)::bigint,
        'expires_at', (extract(epoch from s.expires_at) * 1000)::bigint
      )
      order by s.created_at desc, s.secret_id desc
    )
    from client_secrets s
    where s.client_id = c.client_id
  ) as secrets`;

/** JSON comes as text from the Data API. */
export type Row<T extends object, Json extends keyof T> = Omit<T, Json> & { readonly [Field in Json]: string | null };

export interface FoundClient extends RegisteredClient {
  /** Until when its document counts as it was read, milliseconds since the epoch; null of other clients. */
  readonly fresh_until: number | null;
}

/** @returns null where there is none. Secrets that are over are among its secrets until they are swept */
export async function findClient(database: Database, clientId: ClientId): Promise<FoundClient | null> {
  const [row] = await database.query<Row<FoundClient, 'jwks' | 'secrets'>>(
    `
    select
      ${clientColumns('c')},
      (extract(epoch from c.fresh_until) * 1000)::bigint as fresh_until,
      ${credentials}
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
