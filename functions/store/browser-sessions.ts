/** Sessions of browsers, by their cookie. Opening one is logins.ts, ending one revocation.ts. */
import type { BrowserCookie } from '../domain/browser-session.ts';
import type { SessionId, UserId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { authenticatedAt, isLive } from './sessions.ts';

/** Whose browser it is, as its pages need it. */
export interface BrowserSession {
  readonly session_id: SessionId;
  readonly user_id: UserId;
  readonly email: string;
  readonly email_verified: boolean;
  readonly locale: string | null;
  /** Milliseconds since the epoch. */
  readonly authenticated_at: number;
}

/** True of the session `s` of a browser that the parameters of {@link browserParameters} open. */
export const opensBrowser = `(
  s.session_id = :browser_session::uuid and s.kind = 'browser' and s.current_hash = :browser_hash
)`;

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
      idle_expires_at = :now::timestamptz + make_interval(secs => s.idle_seconds)
    from browser
    where s.session_id = browser.session_id and s.last_seen_at < :now::timestamptz - interval '1 minute'
  )`;

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
        (extract(epoch from ${authenticatedAt}) * 1000)::bigint as authenticated_at
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
