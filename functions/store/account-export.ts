/** Everything that is held about a person, for that person. */

import type { ListsPage } from '../domain/cursor.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { type RecencySettings, recencyParameters, stale } from './recent-authentication.ts';
import { authenticatedAt, type Caller, caller, callerParameters } from './sessions.ts';

/** In the order in which pages go through them; the profile, which is one thing, is on each. */
export const exportedLists = [
  'profile',
  'memberships',
  'sessions',
  'consents',
  'invitations',
  'audit',
  'mails',
  'factors',
  'email_changes',
] as const;
export type ExportedList = (typeof exportedLists)[number];

/** One thing held: a row for each, since the Data API gives 64 KB a row and 1 MiB in all. */
export interface ExportedRow {
  readonly list: ExportedList | 'stale';
  readonly id: string;
  /** JSON. */
  readonly item: string;
}

/** Things a page: 300 of the longest, sessions of 2.5 KB, are three quarters of a result of 1 MiB. */
export const MOST_ITEMS = 300;

/** RFC 3339 with milliseconds, as every time of an answer. */
const time = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A list's part of the page, by falling ids: all of it where the page begins before it, what follows the cursor within. */
const part = (list: ExportedList, id: string, item: string, from: string) => {
  const rank = exportedLists.indexOf(list);
  return `(
      select ${rank} as rank, '${list}' as list, ${id} as id, ${item}::text as item
      from person
      ${from}
      where :list < ${rank} or (:list = ${rank} and ${id} < :after::uuid)
      order by ${id} desc
      limit :most + 1
    )`;
};

/**
 * @returns none when the caller's session is over, `stale` alone, with the level, when its person has to authenticate again; one more
 * item than {@link MOST_ITEMS} where there are more
 */
export function exportAccount(
  database: Database,
  claims: Caller,
  { list, after }: ListsPage,
  settings: RecencySettings,
  context: RequestContext,
): Promise<ExportedRow[]> {
  return database.query<ExportedRow>(
    `
    with ${caller}, ${stale},
    person as (
      select caller.user_id
      from caller
      where not exists (select from stale)
    ),
    recorded as (${record('audit', 'person')}),
    held as (
    select -1 as rank, 'stale' as list, caller.user_id as id, to_jsonb(stale.acr)::text as item
    from caller, stale
    union all
    select
      0,
      'profile',
      u.user_id,
      jsonb_build_object(
        'user_id', u.user_id,
        'email', u.email,
        'email_verified', u.email_verified_at is not null,
        'person_name', case
          when u.first_name is not null
            then jsonb_strip_nulls(jsonb_build_object(
              'first_name', u.first_name, 'last_name', u.last_name, 'legal_full_name', u.legal_full_name
            ))
        end,
        'display_name', u.display_name,
        'locale', u.locale,
        'platform_roles', u.platform_roles,
        'source', u.source,
        'registered_from', case
          when u.registered_ip is not null
            then jsonb_build_object('ip_address', u.registered_ip, 'user_agent', u.registered_user_agent)
        end,
        'mail_stopped', case
          when stopped.reason is not null
            then jsonb_build_object('reason', stopped.reason, 'since', ${time('stopped.suppressed_at')})
        end,
        'registered_at', ${time('u.registered_at')},
        'updated_at', ${time('u.updated_at')}
      )::text
    from person
    join users u using (user_id)
    left join lateral (
      select reason, suppressed_at
      from suppressed_addresses s
      where s.user_id = u.user_id
      limit 1
    ) as stopped on true
    union all
    ${part(
      'memberships',
      'm.org_id',
      `jsonb_build_object(
        'org_id', m.org_id, 'name', o.name, 'roles', m.roles, 'joined_at', ${time('m.created_at')}
      )`,
      'join memberships m using (user_id) join organizations o on o.org_id = m.org_id',
    )}
    union all
    ${part(
      'sessions',
      's.session_id',
      `jsonb_build_object(
        'session_id', s.session_id,
        'kind', s.kind,
        'client_id', s.client_id,
        'scope', s.scope,
        'resource', s.resource,
        'org_id', s.org_id,
        'device_name', s.device_name,
        'user_agent', s.user_agent,
        'ip_address', s.ip_address,
        'created_at', ${time('s.created_at')},
        'authenticated_at', ${time(authenticatedAt)},
        'last_seen_at', ${time('s.last_seen_at')},
        'revoked_at', ${time('s.revoked_at')},
        'revoked_reason', s.revoked_reason
      )`,
      'join sessions s using (user_id)',
    )}
    union all
    ${part(
      'consents',
      'c.consent_id',
      `jsonb_build_object(
        'client_id', c.client_id, 'scopes', c.scopes, 'resources', c.resources, 'given_at', ${time('c.given_at')}
      )`,
      'join consents c using (user_id)',
    )}
    union all
    ${part(
      'invitations',
      'i.token_id',
      `jsonb_build_object(
        'invitation_id', i.token_id,
        'org_id', i.org_id,
        'email', i.email,
        'roles', i.roles,
        'created_at', ${time('i.created_at')}
      )`,
      // Of the mailbox, which whoever has not proved it may not have.
      'join users u using (user_id) join invitations i on i.email_key = u.email_key and u.email_verified_at is not null',
    )}
    union all
    ${part(
      'audit',
      'a.entry_id',
      `jsonb_build_object(
        'entry_id', a.entry_id,
        'occurred_at', ${time('a.occurred_at')},
        'action', a.action,
        'user_id', a.user_id,
        'actor_id', a.actor_id,
        -- An administrator's own is not the person's.
        'ip_address', case when a.actor_id is null then a.ip_address end,
        'correlation_id', a.correlation_id,
        'detail', a.detail
      )`,
      'join audit_log a using (user_id)',
    )}
    union all
    ${part(
      'mails',
      'm.mail_id',
      `jsonb_build_object(
        'message_id', m.message_id, 'sent_at', ${time('m.sent_at')}, 'failed_at', ${time('m.failed_at')}
      )`,
      'join mails m using (user_id)',
    )}
    union all
    ${part(
      'factors',
      'f.factor_id',
      `jsonb_build_object(
        'factor_id', f.factor_id,
        'kind', f.kind,
        'name', f.name,
        'synced', f.is_backed_up,
        'created_at', ${time('f.created_at')},
        'last_used_at', ${time('f.last_used_at')}
      )`,
      'join factors f using (user_id)',
    )}
    union all
    ${part(
      'email_changes',
      'c.change_id',
      `jsonb_build_object(
        'change_id', c.change_id,
        'old_email', c.old_email,
        'new_email', c.new_email,
        'requested_at', ${time('c.requested_at')},
        'confirmed_at', ${time('c.confirmed_at')},
        'cancelled_at', ${time('c.cancelled_at')},
        'undone_at', ${time('c.undone_at')}
      )`,
      'join email_changes c using (user_id)',
    )}
    )
    select list, id, item
    from held
    order by rank, id desc
    -- Beside the profile.
    limit :most + 2`,
    {
      list,
      after,
      most: MOST_ITEMS,
      ...recencyParameters(settings),
      audit: [auditEntry('account.exported', claims.sub, context)],
      ...callerParameters(claims, context),
    },
  );
}
