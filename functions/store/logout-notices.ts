/** What a client is told of a session that is over: the events are written by {@link tellClients} of revocation.ts. */
import type { EventId } from '../domain/ids.ts';
import type { EndedSession } from '../domain/logout-token.ts';
import type { Database } from './database.ts';
import { isInBrowser, isLive } from './sessions.ts';

export interface LogoutNotice extends EndedSession {
  /** Where the client wants to be told by now; null: nowhere, or it is no longer there. */
  readonly uri: string | null;
  /** The person is signed in there under the same `sid`, again or by another session: there is nothing to be told. */
  readonly lives_on: boolean;
}

/**
 * By the event's own row alone: of the copy that was delivered nothing counts but the id (S58).
 * @returns null for what is not ours, or so old that it was swept
 */
export async function findLogoutNotice(database: Database, eventId: EventId, now: Date): Promise<LogoutNotice | null> {
  const [row] = await database.query<LogoutNotice>(
    `
    select
      o.user_id,
      o.client_id,
      o.sid,
      c.backchannel_logout_uri as uri,
      exists (
        select
        from sessions s
        join users u using (user_id)
        where
          s.user_id = o.user_id
          and s.client_id = o.client_id
          and s.sid = o.sid
          and ${isLive}
          -- What is offline outlives the person's session at the client.
          and ${isInBrowser}
      ) as lives_on
    from event_outbox e
    cross join jsonb_to_record(e.data) as o (user_id uuid, client_id text, sid text)
    left join clients c on c.client_id = o.client_id
    where e.event_id = :event_id::uuid and e.topic = 'huleedu.identity.client.signed_out.v1'`,
    { event_id: eventId, now },
  );
  return row ?? null;
}
