/** Removing clients, and then their sessions: a bounded batch a statement, each with its event. */
import type { ClientId, SessionId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Cause } from '../domain/request-context.ts';
import { record } from './audit.ts';
import {
  type ClientAuthor,
  clientReports,
  otherSource,
  sureAuthorOf,
  sureAuthorsOnly,
  sureParameters,
} from './client-authors.ts';
import type { ClientToSave } from './clients.ts';
import type { Database } from './database.ts';
import { announce, areWritten } from './outbox.ts';
import { revoke, revokeParameters } from './revocation.ts';

/**
 * Removes a client, and with it its secrets, codes, requests and consents. Its sessions end in batches afterwards;
 * without it none is of use at the token endpoint.
 */
export async function removeClient(
  database: Database,
  author: ClientAuthor,
  { clientId, source }: Pick<ClientToSave, 'clientId' | 'source'>,
  context: Cause,
): Promise<'removed' | 'stale' | Refusal> {
  const { removed } = clientReports(author, clientId, null, context);
  const [row] = await database.query<{ verdict: 'removed' | 'stale' | Refusal }>(
    `
    with ${sureAuthorOf(author)}
    was as (select * from clients where client_id = :client_id),
    verdict as (
      select
        case
          when ${areWritten('removed')} then 'removed'
          ${sureAuthorsOnly(author)}
          when not exists (select from was) then 'not_found'
          ${otherSource}
          else 'allowed'
        end as verdict
    ),
    gone as (
      delete from clients c
      using verdict
      where verdict = 'allowed' and c.client_id = :client_id
      returning c.client_id
    ),
    noted as (
      insert into removed_clients (client_id, removed_at)
      select client_id, :now::timestamptz
      from gone
      on conflict (client_id) do update set removed_at = excluded.removed_at
    ),
    announced as (${announce('removed', 'gone')}),
    recorded as (${record('entry', 'gone')})
    select
      case verdict when 'allowed' then 'removed' else verdict end as verdict,
      decide_anew(verdict = 'allowed' and not exists (select from gone))
    from verdict`,
    {
      client_id: clientId,
      source,
      removed: [removed.event],
      entry: [removed.entry],
      ...sureParameters(author, context),
    },
  );
  return row?.verdict ?? 'caller_gone';
}

export interface RemovedClient {
  readonly client_id: ClientId;
  /** RFC 3339. */
  readonly removed_at: string;
}

/** @returns those whose sessions have not all ended yet */
export const findRemovedClients = (database: Database, most: number): Promise<RemovedClient[]> =>
  database.query<RemovedClient>(
    `
    select client_id, to_char(removed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as removed_at
    from removed_clients
    order by client_id
    limit :most`,
    { most },
  );

/**
 * Ends the next sessions that a client had when it was removed, or was being given at that moment: functions' clocks
 * differ. Those of a later client of the same name go on.
 * @param batch where the batch before ended, null for the first
 * @returns where this one ended; null after the last, when the client is forgotten, too
 */
export async function endNextSessions(
  database: Database,
  { client_id, removed_at }: RemovedClient,
  batch: { readonly after: SessionId | null; readonly most: number },
  context: Cause,
): Promise<SessionId | null> {
  const [row] = await database.query<{ last: SessionId | null }>(
    `
    with next as (
      select s.session_id
      from sessions s
      where
        s.client_id = :client_id
        and (:after::uuid is null or s.session_id > :after::uuid)
        and s.created_at <= :removed_at::timestamptz + interval '1 minute'
      order by s.session_id
      limit :most
    ),
    ${revoke('s.session_id = next.session_id', 'from next')},
    forgotten as (
      delete from removed_clients
      where
        client_id = :client_id and removed_at = :removed_at::timestamptz and not exists (select from next)
    )
    select (select session_id from next order by session_id desc limit 1) as last`,
    { client_id, removed_at, ...batch, ...revokeParameters('admin', context) },
  );
  return row?.last ?? null;
}
