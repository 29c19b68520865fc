/** What is true now of whoever has a token (S65). */

import type { TokenSubject } from '../domain/access-token.ts';
import type { ClientId, OrgId, SessionId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { type DemandSettings, demandParameters, isBelow } from './demanded-levels.ts';
import { isLive } from './sessions.ts';

export interface TokenState extends TokenSubject {
  /** Of a client's session; null for one of the JSON door. */
  readonly client_id: ClientId | null;
  readonly scope: readonly string[] | null;
  /** Of the session's refresh token, SHA-256. */
  readonly current_hash: Uint8Array;
  /** Seconds since the epoch. */
  readonly rotated_at: number;
  readonly ends_at: number;
}

/**
 * @param orgId the organisation that the token is for; the session's where none is given. It is in the answer while the
 * person is a member
 * @returns null when the session is over or never was, is below what is demanded there by now, or an administrator has locked the account
 */
export async function findTokenState(
  database: Database,
  sessionId: SessionId,
  settings: DemandSettings,
  now: Date,
  orgId?: OrgId | null,
): Promise<TokenState | null> {
  const [row] = await database.query<TokenState>(
    `
    select
      u.user_id,
      u.email_verified_at is not null as email_verified,
      u.platform_roles,
      m.org_id,
      coalesce(m.roles, '{}') as roles,
      s.client_id,
      s.scope,
      s.current_hash,
      extract(epoch from s.rotated_at)::bigint as rotated_at,
      extract(epoch from least(s.idle_expires_at, s.expires_at))::bigint as ends_at
    from sessions s
    join users u using (user_id)
    left join memberships m
      on m.user_id = u.user_id and m.org_id = ${orgId === undefined ? 's.org_id' : ':org_id::uuid'}
    where
      s.session_id = :session_id::uuid
      and ${isLive}
      and not ${isBelow('s', 'u', 'm.org_id')}
      and (u.locked_until is null or u.locked_until <= :now::timestamptz)`,
    { session_id: sessionId, now, ...demandParameters(settings), ...(orgId === undefined ? {} : { org_id: orgId }) },
  );
  return row ?? null;
}
