/** Clients as whoever administers them sees them. */
import type { RegisteredClient } from '../domain/client.ts';
import type { KeptSecret } from '../domain/client-secret.ts';
import type { ClientId, SecretId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Cause } from '../domain/request-context.ts';
import { authorOf, authorParameters, authorsOnly, type ClientAuthor } from './client-authors.ts';
import type { Database } from './database.ts';
import { clientColumns, credentials, type Row } from './find-clients.ts';

interface Dated {
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly updated_at: number;
}

export interface ListedSecret extends KeptSecret {
  readonly secret_id: SecretId;
  readonly created_at: number;
}

export interface ClientInFull extends Omit<RegisteredClient, 'secrets'>, Dated {
  /** The newest first; those that are over are among them until they are swept. */
  readonly secrets: readonly ListedSecret[];
}

export type ListedClient = Dated &
  Pick<RegisteredClient, 'client_id' | 'kind' | 'name' | 'authentication' | 'first_party' | 'source'>;

const dates = `
  (extract(epoch from c.created_at) * 1000)::bigint as created_at,
  (extract(epoch from c.updated_at) * 1000)::bigint as updated_at`;

export async function findClientInFull(
  database: Database,
  author: ClientAuthor,
  clientId: ClientId,
  context: Pick<Cause, 'now'>,
): Promise<{ readonly verdict: 'allowed' | Refusal; readonly client: ClientInFull | null }> {
  const [row] = await database.query<Row<ClientInFull, 'jwks' | 'secrets'> & { verdict: 'allowed' | Refusal }>(
    `
    with ${authorOf(author)}
    verdict as (
      select
        case
          ${authorsOnly(author)}
          when not exists (select from clients where client_id = :client_id) then 'not_found'
          else 'allowed'
        end as verdict
    )
    select
      verdict,
      ${clientColumns('c')},
      ${dates},
      ${credentials}
    from verdict
    left join clients c on verdict = 'allowed' and c.client_id = :client_id`,
    { client_id: clientId, ...authorParameters(author, context) },
  );
  const { verdict = 'caller_gone', ...client } = row ?? {};
  if (verdict !== 'allowed' || !row) return { verdict, client: null };
  const [jwks, secrets] = [JSON.parse(row.jwks ?? 'null'), JSON.parse(row.secrets ?? '[]')];
  return { verdict, client: { ...(client as ClientInFull), jwks, secrets } };
}

/** The next clients by their ids, one more than a page holds if there are more. @param after null for the first */
export async function listClients(
  database: Database,
  author: ClientAuthor,
  { after, limit }: { readonly after: ClientId | null; readonly limit: number },
  context: Pick<Cause, 'now'>,
): Promise<{ readonly verdict: 'allowed' | Refusal; readonly clients: readonly ListedClient[] }> {
  const rows = await database.query<ListedClient & { verdict: 'allowed' | Refusal }>(
    `
    with ${authorOf(author)}
    verdict as (select case ${authorsOnly(author)} when true then 'allowed' end as verdict)
    select verdict, listed.*
    from verdict
    left join lateral (
      select c.client_id, c.kind, c.name, c.authentication, c.first_party, c.source, ${dates}
      from clients c
      where verdict = 'allowed' and (:after::text is null or c.client_id > :after::text)
      order by c.client_id
      limit :limit
    ) listed on true
    order by listed.client_id`,
    { after, limit: limit + 1, ...authorParameters(author, context) },
  );
  const clients = rows.filter(({ client_id }) => client_id !== null).map(({ verdict: _, ...client }) => client);
  return { verdict: rows[0]?.verdict ?? 'caller_gone', clients };
}
