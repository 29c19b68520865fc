/** Everything that is held about a person, for that person. */
import type { Database } from '../aws/data-api.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import type { Origin } from '../domain/origin.ts';
import { auditEntry, record } from './audit.ts';
import { caller, callerParameters } from './sessions.ts';

export type Section = 'profile' | 'memberships' | 'sessions' | 'invitations' | 'audit';

/** One thing held: a row for each, since the Data API gives 64 KB a row and 1 MiB in all. */
export interface ExportedRow {
  readonly section: Section;
  /** JSON. */
  readonly item: string;
}

/** Parts of a result of 1 MiB, each at its longest: 350 KB of sessions, 400 KB of entries; the others are bounded. */
const MOST_SESSIONS = 300;
export const MOST_ENTRIES = 500;

/** RFC 3339 with milliseconds, as every time of an answer. */
const time = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * @param after the audit entry that the last page ended with; its own page, as only entries may be more than one holds
 * @returns none when the caller's session is over; one more entry than {@link MOST_ENTRIES} where there are more
 */
export function exportAccount(
  database: Database,
  claims: AccessClaims,
  after: string | null,
  origin: Origin,
): Promise<ExportedRow[]> {
  return database.query<ExportedRow>(
    `
    with ${caller},
    recorded as (${record('audit', 'caller')})
    select
      'profile' as section,
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
        'registered_at', ${time('u.registered_at')},
        'updated_at', ${time('u.updated_at')}
      )::text as item
    from caller
    join users u using (user_id)
    union all
    (
      select
        'memberships',
        jsonb_build_object(
          'org_id', org_id, 'name', o.name, 'roles', m.roles, 'joined_at', ${time('m.created_at')}
        )::text
      from caller
      join memberships m using (user_id)
      join organizations o using (org_id)
      order by m.created_at
    )
    union all
    (
      select
        'sessions',
        jsonb_build_object(
          'session_id', s.session_id,
          'org_id', s.org_id,
          'device_name', s.device_name,
          'user_agent', s.user_agent,
          'ip_address', s.ip_address,
          'created_at', ${time('s.created_at')},
          'last_seen_at', ${time('s.last_seen_at')},
          'revoked_at', ${time('s.revoked_at')},
          'revoked_reason', s.revoked_reason
        )::text
      from caller
      join sessions s using (user_id)
      order by s.created_at desc
      limit :most_sessions
    )
    union all
    (
      select
        'invitations',
        jsonb_build_object(
          'invitation_id', i.token_id,
          'org_id', i.org_id,
          'email', i.email,
          'roles', i.roles,
          'created_at', ${time('i.created_at')}
        )::text
      from caller
      join users u using (user_id)
      join invitations i using (email_key)
      order by i.created_at desc
      limit 100
    )
    union all
    (
      select
        'audit',
        jsonb_build_object(
          'entry_id', a.entry_id,
          'occurred_at', ${time('a.occurred_at')},
          'action', a.action,
          'user_id', a.user_id,
          'actor_id', a.actor_id,
          -- An administrator's own is not the person's.
          'ip_address', case when a.actor_id is null then a.ip_address end,
          'correlation_id', a.correlation_id,
          'detail', a.detail
        )::text
      from caller
      join audit_log a using (user_id)
      where :after::uuid is null or a.entry_id < :after::uuid
      order by a.entry_id desc
      limit :most_entries + 1
    )`,
    {
      after,
      most_sessions: MOST_SESSIONS,
      most_entries: MOST_ENTRIES,
      audit: [auditEntry('account.exported', claims.sub, origin)],
      ...callerParameters(claims, origin),
    },
  );
}
