/** An account as platform administrators see it; each look is audited. */

import type { AccessClaims } from '../domain/access-token.ts';
import { type EntryId, newId, type UserId } from '../domain/ids.ts';
import type { ProfileColumns } from '../domain/profile.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { administer, ofAccount } from './administration.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import type { OwnOrganization } from './organizations.ts';
import { profileColumns } from './profiles.ts';
import { callerParameters, isLive } from './sessions.ts';

export interface UserRow extends ProfileColumns {
  readonly user_id: UserId;
  readonly email: string;
  readonly email_verified: boolean;
  readonly platform_roles: readonly string[];
  /** Milliseconds since the epoch. */
  readonly registered_at: number;
  readonly locked_until: number | null;
  readonly live_sessions: number;
  /** JSON: since when the address gets no mail, and why; null when it does (migrations/0017). */
  readonly mail_stopped: string | null;
  readonly orgs: readonly OwnOrganization[];
}

/** The account with the id or the address. */
export async function findUser(
  database: Database,
  claims: AccessClaims,
  whom: { readonly userId: UserId } | { readonly emailKey: string },
  context: RequestContext,
): Promise<{ readonly verdict: 'allowed' | Refusal; readonly user: UserRow | null }> {
  const byId = 'userId' in whom;
  // A row for each organisation: the Data API gives 64 KB a row, and a hundred long names are more.
  const rows = await database.query<Omit<UserRow, 'orgs'> & { verdict: 'allowed' | Refusal; org: string | null }>(
    `
    with ${administer(byId ? 'u.user_id = :whom::uuid' : 'u.email_key = :whom')},
    verdict as (select case ${ofAccount} else 'allowed' end as verdict),
    viewed as (select user_id from target, verdict where verdict = 'allowed'),
    recorded as (${recordEach('admin.user.viewed', { id: ':entry_id::uuid', actor: ':caller_user::uuid' }, 'viewed')})
    select
      verdict,
      u.user_id,
      u.email,
      u.email_verified_at is not null as email_verified,
      ${profileColumns},
      u.platform_roles,
      (extract(epoch from u.registered_at) * 1000)::bigint as registered_at,
      (extract(epoch from u.locked_until) * 1000)::bigint as locked_until,
      (select count(*) from sessions s where s.user_id = u.user_id and ${isLive}) as live_sessions,
      (
        select
          jsonb_build_object(
            'reason', stopped.reason,
            'links_too', stopped.links_too,
            'since', (extract(epoch from stopped.suppressed_at) * 1000)::bigint
          )::text
        from suppressed_addresses stopped
        where stopped.user_id = u.user_id
        limit 1
      ) as mail_stopped,
      case
        when o.org_id is not null
          then jsonb_build_object('org_id', o.org_id, 'name', o.name, 'roles', m.roles)::text
      end as org
    from verdict
    left join viewed on true
    left join users u using (user_id)
    left join memberships m using (user_id)
    left join organizations o using (org_id)
    order by m.created_at, o.org_id`,
    {
      whom: byId ? whom.userId : whom.emailKey,
      entry_id: newId<EntryId>(),
      correlation_id: context.correlationId,
      ip_address: context.ipAddress,
      ...callerParameters(claims, context),
    },
  );
  const [row] = rows;
  const verdict = row?.verdict ?? 'caller_gone';
  const orgs = rows.flatMap(({ org }) => (org === null ? [] : [JSON.parse(org) as OwnOrganization]));
  return { verdict, user: row && verdict === 'allowed' ? { ...row, orgs } : null };
}
