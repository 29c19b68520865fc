/** Sessions: which are live, listing them, ending them. Opening one is logins.ts, rotating its token refresh.ts. */

import type { AccessClaims } from '../domain/access-token.ts';
import type { Page } from '../domain/cursor.ts';
import type { ClientId, SessionId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { keptLevel } from './levels.ts';
import { decidedAnew, revoke, revokeAll, revokeParameters } from './revocation.ts';

export const hasNotEnded = (session: 's' | 'browser' | 'old') => `
  ${session}.revoked_at is null
  and ${session}.idle_expires_at > :now::timestamptz
  and ${session}.expires_at > :now::timestamptz`;

/** True of a session `s` that a browser's gave which has not ended. By its value: an EXISTS beside OR may be planned as a hash of the table. */
export const isInBrowser = `
  coalesce((select ${hasNotEnded('browser')} from sessions browser where browser.session_id = s.browser_session_id), false)`;

/**
 * True of a session `s` of a user `u`: not revoked, not past an end, and not from before the password changed. A
 * statement that waited for `s` has it newer than `u`: the session that a change of password kept is of a later epoch.
 * What a client was given ends with the browser's session that gave it, unless it is offline.
 */
export const isLive = `(
  ${hasNotEnded('s')}
  and s.password_epoch >= u.password_epoch
  and (
    s.browser_session_id is null
    or s.offline
    or ${isInBrowser}
  )
)`;

/** True of a session `s` that ends with the session of that id: itself, and what it gave to clients. */
export const endsWith = (id: string) => `
  (s.session_id = ${id} or (s.browser_session_id = ${id} and not s.offline))`;

/** When the person of a session `s` last proved to be there, by password. */
export const authenticatedAt = 'coalesce(s.reauthenticated_at, s.created_at)';

const callerWhile = (condition: string) => `
  caller as (
    select u.user_id, u.password_epoch, s.session_id, coalesce(s.browser_session_id, s.session_id) as browser_session_id
    from users u
    join sessions s using (user_id)
    where u.user_id = :caller_user::uuid and s.session_id = :caller_session::uuid and ${condition}
  )`;

/**
 * The CTE `caller`: one row while the session of the caller's access token is live, none after. Every statement of a
 * bearer route begins with it, so signing out ends here what the token alone would still allow. What writes the user's
 * row compares its `password_epoch` again: the row may have been waited for, and the session be over since.
 */
export const caller = callerWhile(isLive);

/**
 * True of the session `s` of the caller, and of the browser's that it came from: what ends all others leaves both, since
 * what a client was given is over with its browser's.
 */
export const isCallers = 's.session_id in (caller.session_id, caller.browser_session_id)';

/** As {@link caller}, for what may end the caller's own session: also where this statement's earlier try has ended it. */
export const callerWhoEnds = callerWhile(
  `(${isLive} or (s.revoked_at = :now::timestamptz and s.revoked_reason = :reason))`,
);

/** Who calls: by the claims of an access token, or by a browser's session. */
export type Caller = Pick<AccessClaims, 'sub' | 'sid' | 'scope'>;

export const callerParameters = ({ sub, sid }: Caller, { now }: Pick<RequestContext, 'now'>) => ({
  caller_user: sub,
  caller_session: sid,
  now,
});

/** Who a token of a session is made for: columns of TokenSubject, of a row `p` with its `user_id` and `org_id`. */
export const subjectColumns = `
  u.user_id,
  u.email_verified_at is not null as email_verified,
  u.platform_roles,
  m.org_id,
  coalesce(m.roles, '{}') as roles`;
export const subjectJoins = `
  left join users u on u.user_id = p.user_id
  left join memberships m on m.user_id = p.user_id and m.org_id = p.org_id`;

/** The membership `m` in which a session of the account `user` begins: the organisation joined first; refresh changes it. */
export const firstMembership = (user: string) => `
  left join lateral (
    select org_id, roles
    from memberships
    where user_id = ${user}.user_id
    order by created_at, org_id
    limit 1
  ) m on true`;

/** The CTE `seen`: notes that the caller's session is in use; once a minute is enough to show a person. */
export const seen = `
  seen as (
    update sessions s
    set last_seen_at = :now::timestamptz, level_until = ${keptLevel('s')}
    from caller
    where s.session_id = caller.session_id and s.last_seen_at < :now::timestamptz - interval '1 minute'
  )`;

/**
 * Ends a session of the JSON door whose token was presented; nothing where it is over already. A client's token ends its
 * session at /oauth/revoke alone, where the client shows who it is (S76).
 */
export async function endSession(database: Database, sessionId: SessionId, context: RequestContext): Promise<void> {
  await database.query(
    `
    with ${revoke("s.session_id = :session_id::uuid and s.kind = 'api'")}
    select from revoked`,
    { session_id: sessionId, ...revokeParameters('logout', context) },
  );
}

/** @returns what became of it; `not_found` also for another person's session (S24) */
export async function revokeOwnSession(
  database: Database,
  claims: Caller,
  sessionId: SessionId,
  context: RequestContext,
): Promise<'revoked' | 'not_found' | 'caller_gone'> {
  const [row] = await database.query<{ alive: boolean; revoked: boolean }>(
    `
    with ${callerWhoEnds},
    ${revokeAll(`${endsWith(':session_id::uuid')} and s.user_id = caller.user_id`, 'caller')}
    select exists (select from caller) as alive, (select ended from in_all) > 0 as revoked, ${decidedAnew}`,
    {
      session_id: sessionId,
      ...callerParameters(claims, context),
      ...revokeParameters('user', context),
    },
  );
  if (!row?.alive) return 'caller_gone';
  return row.revoked ? 'revoked' : 'not_found';
}

/**
 * Who signs out everywhere, here too, has no device known any more. The person's row is locked first, as everywhere.
 * @returns how many sessions ended, or null when the caller's own was over already
 */
export async function revokeAllSessions(
  database: Database,
  claims: Caller,
  { keepCurrent }: { readonly keepCurrent: boolean },
  context: RequestContext,
): Promise<number | null> {
  const [row] = await database.query<{ alive: boolean; revoked: number }>(
    `
    with ${callerWhoEnds},
    forgotten as (
      update users u
      set devices_since = :now::timestamptz
      from caller
      where u.user_id = caller.user_id and u.password_epoch = caller.password_epoch and not :keep_current
      returning u.user_id
    ),
    ${revokeAll(
      `s.user_id = caller.user_id and not (:keep_current and ${isCallers})`,
      'caller left join forgotten using (user_id)',
    )}
    select exists (select from caller) as alive, (select ended from in_all) as revoked, ${decidedAnew}`,
    {
      keep_current: keepCurrent,
      ...callerParameters(claims, context),
      ...revokeParameters('user', context),
    },
  );
  return row?.alive ? row.revoked : null;
}

export type SessionKind = 'api' | 'browser' | 'client';

/** A live session as its owner sees it; times in milliseconds since the epoch. */
export interface SessionRow {
  readonly session_id: SessionId;
  readonly device_name: string | null;
  readonly user_agent: string | null;
  readonly ip_address: string;
  readonly created_at: number;
  readonly last_seen_at: number;
  /** When it ends unless it is used before. */
  readonly expires_at: number;
  /** `api`: of the JSON door. `browser`: of the hosted pages. `client`: what a client was given. */
  readonly kind: SessionKind;
  readonly client_id: ClientId | null;
  /** As people read it; null for a client that is no longer there, too. */
  readonly client_name: string | null;
}

/** A page of the caller's live sessions. */
export interface SessionPage {
  /** Of all pages. */
  readonly total: number;
  /** The caller's own first, on the first page alone; then the newest of the others, one more where there are more. */
  readonly sessions: readonly SessionRow[];
}

/** @returns null when the caller's own session is over */
export async function listSessions(
  database: Database,
  claims: Caller,
  { after, limit }: Page,
  context: RequestContext,
): Promise<SessionPage | null> {
  const rows = await database.query<{ total_count: number } & (SessionRow | { readonly session_id: null })>(
    `
    with ${caller}, ${seen},
    live as (
      select s.*, s.session_id = caller.session_id as is_callers
      from caller
      join users u using (user_id)
      join sessions s using (user_id)
      where ${isLive}
    )
    select (select count(*) from live) as total_count, listed.*
    from caller
    left join lateral (
      select
        session_id,
        device_name,
        user_agent,
        ip_address,
        (extract(epoch from created_at) * 1000)::bigint as created_at,
        (extract(epoch from last_seen_at) * 1000)::bigint as last_seen_at,
        (extract(epoch from least(idle_expires_at, expires_at)) * 1000)::bigint as expires_at,
        kind,
        client_id,
        (select name from clients c where c.client_id = live.client_id) as client_name
      from live
      where
        case
          when is_callers then :after::uuid is null
          -- Ids rise with time (UUIDv7).
          else :after::uuid is null or session_id < :after::uuid
        end
      order by is_callers desc, session_id desc
      limit :limit + 2
    ) listed on true`,
    { after, limit, ...callerParameters(claims, context) },
  );
  const [first] = rows;
  return first ? { total: first.total_count, sessions: rows.filter((row) => row.session_id !== null) } : null;
}
