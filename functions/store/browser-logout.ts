/** Signing out of a browser, where a client asked for it or the person did (OpenID Connect RP-Initiated Logout 1.0 §2). */
import type { BrowserCookie } from '../domain/browser-session.ts';
import type { ClientId, SessionId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { browserParameters, opensBrowser } from './browser-sessions.ts';
import type { Database } from './database.ts';
import { decidedAnew, revokeAll, revokeParameters } from './revocation.ts';
import { endsWith, isLive } from './sessions.ts';

export interface LogoutAttempt {
  readonly cookie: BrowserCookie | null;
  readonly clientId: ClientId | null;
  /** Of a genuine ID token of that client. */
  readonly hint: LogoutHint | null;
  /** Where the client wants the browser back, exactly as it was sent. */
  readonly redirectUri: string | null;
  /** The person said yes on a page of ours. */
  readonly confirmed: boolean;
}

export interface LogoutHint {
  readonly sub: string;
  readonly sid: string;
  /** `sid` is what the client calls the session of this very cookie. */
  readonly isOfCookie: boolean;
}

export interface LogoutState {
  /** The session of the browser, which has ended if `ended` says so; null where nobody is signed in. */
  readonly session_id: SessionId | null;
  readonly email: string | null;
  readonly locale: string | null;
  readonly ended: boolean;
  /** As people read it; null for no client of this stage. */
  readonly client_name: string | null;
  /** The client registered the URI, character by character (§3.1). */
  readonly is_registered: boolean;
}

/**
 * Ends the browser's session, and those of clients that it gave, if the person confirmed it or the hint is of that very
 * session; else only reports what is there. A session that took the place of the one in which the client got its token
 * has what that one gave (browser-sessions.ts), so it is looked for there too.
 */
export async function logOutBrowser(
  database: Database,
  { cookie, clientId, hint, redirectUri, confirmed }: LogoutAttempt,
  context: RequestContext,
): Promise<LogoutState> {
  const [row] = await database.query<LogoutState>(
    `
    with browser as (
      select s.session_id, u.user_id, u.email, u.locale
      from sessions s
      join users u using (user_id)
      where
        ${opensBrowser}
        -- Or ended by this statement's earlier try, whose answer was lost.
        and (${isLive} or (s.revoked_at = :now::timestamptz and s.revoked_reason = :reason))
    ),
    ending as (
      select session_id
      from browser
      where
        :confirmed
        or (
          user_id::text = :hinted_sub
          and (
            :is_of_cookie
            or exists (
              select
              from sessions given
              where
                given.browser_session_id = browser.session_id
                and given.client_id = :client_id
                and given.sid = :hinted_sid
            )
          )
        )
    ),
    ${revokeAll(endsWith('ending.session_id'), 'ending')}
    select
      browser.session_id,
      browser.email,
      browser.locale,
      exists (select from ending) as ended,
      c.name as client_name,
      coalesce(:redirect_uri = any (c.post_logout_redirect_uris), false) as is_registered,
      ${decidedAnew}
    from (values (:client_id)) as given (client_id)
    left join browser on true
    left join clients c using (client_id)`,
    {
      ...browserParameters(cookie),
      client_id: clientId,
      hinted_sub: hint?.sub ?? null,
      hinted_sid: hint?.sid ?? null,
      is_of_cookie: hint?.isOfCookie ?? false,
      redirect_uri: redirectUri,
      confirmed,
      ...revokeParameters('logout', context),
    },
  );
  if (!row) throw new Error('signing out returned no row');
  return row;
}
