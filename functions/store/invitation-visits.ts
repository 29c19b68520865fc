/** An invitation as its page shows it, beside who is signed in. Accepting one is invitations.ts. */
import type { BrowserCookie } from '../domain/browser-session.ts';
import type { OrgId, SessionId, UserId } from '../domain/ids.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import { browserParameters, opensBrowser } from './browser-sessions.ts';
import type { Database } from './database.ts';
import { isLive } from './sessions.ts';

export interface InvitationVisit {
  /** All null where the invitation is no longer, or there is a newer one. */
  readonly org_id: OrgId | null;
  readonly organization: string | null;
  /** The invited address. */
  readonly email: string | null;
  readonly inviter: string | null;
  readonly live: boolean;
  /** All null where nobody is signed in. */
  readonly session_id: SessionId | null;
  readonly user_id: UserId | null;
  readonly account: string | null;
  readonly locale: string | null;
  /** Whoever is signed in has the invited address. */
  readonly is_theirs: boolean;
}

/** Changes nothing: programs that scan mail open every link. */
export async function findInvitation(
  database: Database,
  { tokenId, userId: inviter }: OneTimeToken,
  cookie: BrowserCookie | null,
  now: Date,
): Promise<InvitationVisit> {
  const [row] = await database.query<InvitationVisit>(
    `
    with browser as (
      select s.session_id, u.user_id, u.email as account, u.email_key as account_key, u.locale
      from sessions s
      join users u using (user_id)
      where ${opensBrowser} and ${isLive}
    ),
    invitation as (
      select
        i.org_id,
        o.name as organization,
        i.email,
        i.email_key,
        by.email as inviter,
        i.used_at is null and i.expires_at > :now::timestamptz as live
      from invitations i
      join organizations o using (org_id)
      join users by on by.user_id = i.invited_by
      where i.token_id = :token_id::uuid and i.invited_by = :inviter::uuid
    )
    select
      invitation.org_id,
      organization,
      email,
      inviter,
      coalesce(live, false) as live,
      session_id,
      user_id,
      account,
      locale,
      coalesce(email_key = account_key, false) as is_theirs
    from (values (true)) as given
    left join invitation on true
    left join browser on true`,
    { ...browserParameters(cookie), token_id: tokenId, inviter, now },
  );
  if (!row) throw new Error('an invitation was looked for, and no row came back');
  return row;
}
