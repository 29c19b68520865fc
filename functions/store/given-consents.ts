/** The consents that a person has given: listed, and taken back. */
import type { Page } from '../domain/cursor.ts';
import { type ClientId, type ConsentId, type EntryId, type EventId, newId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { announceEach, isWritten } from './outbox.ts';
import { revokeAndTell, revokeParameters } from './revocation.ts';
import { type Caller, caller, callerParameters, callerWhoEnds, seen } from './sessions.ts';

/** As its owner sees it. */
export interface ConsentRow {
  readonly consent_id: ConsentId;
  readonly client_id: ClientId;
  readonly client_name: string;
  readonly client_uri: string | null;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  /** Milliseconds since the epoch. */
  readonly given_at: number;
}

/** @returns one more than the page holds, if there are more; null when the caller's own session is over */
export async function listConsents(
  database: Database,
  claims: Caller,
  { after, limit }: Page,
  context: RequestContext,
): Promise<readonly ConsentRow[] | null> {
  const rows = await database.query<ConsentRow | { readonly consent_id: null }>(
    `
    with ${caller}, ${seen}
    select listed.*
    from caller
    left join lateral (
      select
        k.consent_id,
        k.client_id,
        c.name as client_name,
        c.client_uri,
        k.scopes,
        k.resources,
        (extract(epoch from k.given_at) * 1000)::bigint as given_at
      from consents k
      join clients c using (client_id)
      -- Ids rise with time (UUIDv7).
      where k.user_id = caller.user_id and (:after::uuid is null or k.consent_id < :after::uuid)
      order by k.consent_id desc
      limit :limit + 1
    ) listed on true`,
    { after, limit, ...callerParameters(claims, context) },
  );
  return rows.length === 0 ? null : rows.filter((row) => row.consent_id !== null);
}

/** Takes a consent back, and ends what the client has because of it: the person's sessions there, and codes. */
export async function withdrawConsent(
  database: Database,
  claims: Caller,
  consentId: ConsentId,
  context: RequestContext,
): Promise<'withdrawn' | 'not_found' | 'caller_gone'> {
  const [row] = await database.query<{ alive: boolean; withdrawn: boolean }>(
    `
    with ${callerWhoEnds},
    there as (
      select k.consent_id, k.xmin as version
      from consents k
      join caller using (user_id)
      where k.consent_id = :consent_id::uuid
    ),
    withdrawn as (
      delete from consents k
      using there
      -- An exchange of a code writes the row (code-exchange.ts): its session is not to be seen yet.
      where k.consent_id = there.consent_id and k.xmin = there.version
      returning k.user_id, k.client_id
    ),
    unused as (
      delete from authorization_codes a
      using withdrawn w
      where a.user_id = w.user_id and a.client_id = w.client_id and a.used_at is null
    ),
    ${revokeAndTell('s.user_id = withdrawn.user_id and s.client_id = withdrawn.client_id', 'from withdrawn')},
    announced as (${announceEach(
      'huleedu.identity.consent.withdrawn.v1',
      {
        aggregate: { type: 'user', id: 'user_id' },
        eventId: ':event_id::uuid',
        data: { user_id: 'user_id', client_id: 'client_id', withdrawn_at: ':now' },
      },
      'withdrawn',
    )}),
    recorded as (${recordEach(
      'consent.withdrawn',
      { id: ':entry_id::uuid', detail: { client_id: 'client_id' } },
      'withdrawn',
    )})
    select
      exists (select from caller) as alive,
      -- Or by this statement's earlier try, whose answer was lost.
      exists (select from withdrawn) or ${isWritten(':event_id')} as withdrawn,
      decide_anew(exists (select from there) and not exists (select from withdrawn))`,
    {
      consent_id: consentId,
      event_id: newId<EventId>(),
      entry_id: newId<EntryId>(),
      ...callerParameters(claims, context),
      ...revokeParameters('user', context),
    },
  );
  if (!row?.alive) return 'caller_gone';
  return row.withdrawn ? 'withdrawn' : 'not_found';
}
