/** Reading the audit log. Writing to it is audit.ts. */

import type { AuditEntry } from '../contracts/http/administration.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import type { Page } from '../domain/cursor.ts';
import type { UserId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { administratorsOnly } from './administration.ts';
import { auditEntryBy, record } from './audit.ts';
import type { Database } from './database.ts';
import { caller, callerParameters } from './sessions.ts';

/** An entry as statements answer it. */
export interface AuditRow extends Omit<AuditEntry, 'occurred_at' | 'detail'> {
  /** Milliseconds since the epoch. */
  readonly occurred_at: number;
  /** JSON. */
  readonly detail: string;
}

/** The columns of {@link AuditRow}, of a row `a` of the log. */
export const auditColumns = `
  a.entry_id,
  (extract(epoch from a.occurred_at) * 1000)::bigint as occurred_at,
  a.action,
  a.user_id,
  a.actor_id,
  a.ip_address,
  a.correlation_id,
  a.detail::text as detail`;

export const auditEntryOf = ({ occurred_at, detail, ...row }: AuditRow): AuditEntry => ({
  entry_id: row.entry_id,
  occurred_at: new Date(occurred_at).toISOString(),
  action: row.action,
  user_id: row.user_id,
  actor_id: row.actor_id,
  ip_address: row.ip_address,
  correlation_id: row.correlation_id,
  detail: JSON.parse(detail),
});

/** A page of a user's entries, the newest first, and one more where there are more; also when the account is gone. */
export async function listAuditOf(
  database: Database,
  claims: AccessClaims,
  userId: UserId,
  { after, limit }: Page,
  context: RequestContext,
): Promise<{ readonly verdict: 'allowed' | Refusal; readonly entries: readonly AuditRow[] }> {
  const rows = await database.query<{ verdict: 'allowed' | Refusal } & (AuditRow | { readonly entry_id: null })>(
    `
    with ${caller},
    verdict as (
      select
        case
          ${administratorsOnly}
          -- An id that nobody has or had; of who was deleted, the entries stay.
          when
            not exists (select from users where user_id = :user_id::uuid)
            and not exists (select from audit_log where user_id = :user_id::uuid)
            then 'not_found'
          else 'allowed'
        end as verdict
    ),
    listed as (
      select a.*
      from audit_log a, verdict
      where
        verdict = 'allowed' and a.user_id = :user_id::uuid and (:after::uuid is null or a.entry_id < :after::uuid)
      order by a.entry_id desc
      limit :limit + 1
    ),
    recorded as (${record('audit', "(select from verdict where verdict = 'allowed') as allowed")})
    select verdict, ${auditColumns}
    from verdict
    left join listed a on true
    order by a.entry_id desc`,
    {
      user_id: userId,
      after,
      limit,
      audit: [auditEntryBy(claims.sub, 'admin.audit.viewed', userId, context)],
      ...callerParameters(claims, context),
    },
  );
  return {
    verdict: rows[0]?.verdict ?? 'caller_gone',
    entries: rows.filter((row) => row.entry_id !== null),
  };
}

/** A batch of the whole log in the order of its ids, from `since` on: for the operator's export. */
export function readAuditLog(
  database: Database,
  { since, until, after, most }: { since: Date; until: Date; after: string | null; most: number },
): Promise<AuditRow[]> {
  return database.query<AuditRow>(
    `
    select ${auditColumns}
    from audit_log a
    where
      a.occurred_at >= :since::timestamptz
      and a.occurred_at < :until::timestamptz
      -- Its partitions alone. An id is made within moments of its entry's time, by one clock or another.
      and a.entry_id >= first_id_at(:since::timestamptz - interval '1 day')
      and a.entry_id < first_id_at(:until::timestamptz + interval '1 day')
      and (:after::uuid is null or a.entry_id > :after::uuid)
    order by a.entry_id
    limit :most`,
    { since, until, after, most },
  );
}
