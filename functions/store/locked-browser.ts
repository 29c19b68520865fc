/** The browser's session as a statement has it that writes because of it. */
import { opensBrowser, visited } from './browser-sessions.ts';
import { authenticatedAt, isLive } from './sessions.ts';

/**
 * The CTEs `person`, `browser` and `visited`: who is signed in, while that holds. Both rows are locked, the person's first,
 * as everywhere; the session's by the lock that noting the visit takes, since two that shared a weaker one would each wait
 * for the other. A session that ends at this moment is waited for, and is over then. Needs browserParameters and `:now`.
 */
export const lockedBrowser = `
  person as (
    select u.user_id, u.password_epoch, u.email_key, u.platform_roles
    from sessions s
    join users u using (user_id)
    where ${opensBrowser}
    for key share of u
  ),
  browser as (
    select
      s.session_id, s.user_id, s.password_epoch, s.amr, s.level_at, s.level_until, s.chosen_at, s.org_id,
      u.email_key, u.platform_roles,
      ${authenticatedAt} as authenticated_at
    from person u
    join sessions s using (user_id)
    where ${opensBrowser} and ${isLive}
    for no key update of s
  ),
  ${visited}`;
