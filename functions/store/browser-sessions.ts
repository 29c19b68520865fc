/** Sessions of browsers, by their cookie. Opening one is logins.ts, ending one revocation.ts. */
import type { BrowserCookie } from '../domain/browser-session.ts';
import type { SessionId, UserId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { keptLevel } from './levels.ts';
import { revoke, tellClients } from './revocation.ts';
import { authenticatedAt, hasNotEnded, isLive } from './sessions.ts';
import { idleSeconds } from './shared-devices.ts';

/** Whose browser it is, as its pages need it. */
export interface BrowserSession {
  readonly session_id: SessionId;
  readonly user_id: UserId;
  readonly email: string;
  readonly email_verified: boolean;
  readonly locale: string | null;
  /** Milliseconds since the epoch. */
  readonly authenticated_at: number;
  /** How long it lasts without a visit, seconds. */
  readonly idle_seconds: number;
}

const opens = (session: 's' | 'old') => `(
  ${session}.session_id = :browser_session::uuid
  and ${session}.kind = 'browser'
  and ${session}.current_hash = :browser_hash
)`;

/** True of the session `s` of a browser that the parameters of {@link browserParameters} open. */
export const opensBrowser = opens('s');

/** Both null where the browser has no cookie: nothing opens then. */
export const browserParameters = (cookie: BrowserCookie | null) => ({
  browser_session: cookie?.sessionId ?? null,
  browser_hash: cookie?.hash ?? null,
});

/**
 * The CTE `visited`: notes that a page of ours was seen, which keeps the session of `browser` (a CTE with `session_id`)
 * from ending for want of use. Once a minute is enough.
 */
export const visited = `
  visited as (
    update sessions s
    set
      last_seen_at = :now::timestamptz,
      idle_expires_at = :now::timestamptz + make_interval(secs => ${idleSeconds('s.idle_seconds', 's')}),
      level_until = ${keptLevel('s')}
    from browser
    where s.session_id = browser.session_id and s.last_seen_at < :now::timestamptz - interval '1 minute'
  )`;

/**
 * The CTEs that end the session which the browser's cookie opened, since another takes its place. What it gave to clients
 * goes on under the new one if that is the same person's: who gives the password again has not signed out of anything. Of
 * another person it ends. What was over with the old one, past its end, stays over: its tokens may be in other hands by now.
 * @param opened the CTE with the new session, `:session_id` of `:user_id`. It has to stand before these: PostgreSQL
 *   carries out what nothing reads from the last to the first, so that sessions are locked before the numbers of events
 */
export const replaced = (opened: string) => `
  moved as (
    update sessions s
    set browser_session_id = :session_id::uuid
    from sessions old, ${opened}
    where
      ${opens('old')}
      and s.browser_session_id = old.session_id
      and s.user_id = :user_id::uuid
      and s.revoked_at is null
      and (s.offline or (${hasNotEnded('old')}))
  ),
  ${revoke(
    `(${opensBrowser} or (
      not s.offline
      and s.user_id <> :user_id::uuid
      and s.browser_session_id = :browser_session::uuid
      and exists (select from sessions old where ${opens('old')})
    ))`,
    `from ${opened}`,
  )},
  ${tellClients('revoked', 's.user_id <> :user_id::uuid')}`;

/** @returns null for a cookie that opens nothing, or no longer */
export async function findBrowserSession(
  database: Database,
  cookie: BrowserCookie,
  now: Date,
): Promise<BrowserSession | null> {
  const [session] = await database.query<BrowserSession>(
    `
    with browser as (
      select
        s.session_id,
        u.user_id,
        u.email,
        u.email_verified_at is not null as email_verified,
        u.locale,
        (extract(epoch from ${authenticatedAt}) * 1000)::bigint as authenticated_at,
        s.idle_seconds
      from sessions s
      join users u using (user_id)
      where ${opensBrowser} and ${isLive}
    ),
    ${visited}
    select * from browser`,
    { ...browserParameters(cookie), now },
  );
  return session ?? null;
}

/**
 * Notes that the person chose the account that is signed in, where a client asked for that (OpenID Connect Core
 * §3.1.2.1, `select_account`).
 * @returns false for a cookie that opens nothing, or no longer
 */
export async function chooseAccount(
  database: Database,
  cookie: BrowserCookie,
  { now }: Pick<RequestContext, 'now'>,
): Promise<boolean> {
  const rows = await database.query(
    `
    update sessions s
    set chosen_at = :now::timestamptz
    from users u
    where u.user_id = s.user_id and ${opensBrowser} and ${isLive}
    returning s.session_id`,
    { ...browserParameters(cookie), now },
  );
  return rows.length > 0;
}
