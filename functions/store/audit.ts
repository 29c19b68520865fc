/** The audit log: an entry for every security event (S54), written by the statement that does what the entry reports. */
import type { AuditDetail, AuditDetailField } from '../domain/audit-detail.ts';
import { type EntryId, newId, type UserId } from '../domain/ids.ts';
import type { Cause } from '../domain/request-context.ts';
import { jsonObject } from './json-object.ts';

export type AuditAction =
  | 'user.registered'
  | 'user.imported'
  | 'login.succeeded'
  | 'login.failed'
  | 'login.mail_requested'
  | 'account.locked'
  | 'guesses.refused'
  | 'rate_limit.exceeded'
  | 'session.revoked'
  | 'session.refresh_replayed'
  | 'session.reauthenticated'
  | 'mail.stopped'
  | 'password.changed'
  | 'password.reset_requested'
  | 'password.reset'
  | 'email.verification_requested'
  | 'email.verified'
  | 'email.change_requested'
  | 'email.changed'
  | 'email.change_cancelled'
  | 'email.change_undone'
  | 'org.created'
  | 'org.member.invited'
  | 'org.member.added'
  | 'org.member.roles.changed'
  | 'org.member.removed'
  | 'org.policy.changed'
  | 'admin.user.viewed'
  | 'admin.audit.viewed'
  | 'admin.sessions.revoked'
  | 'session.granted'
  | 'consent.granted'
  | 'consent.withdrawn'
  | 'client.created'
  | 'client.changed'
  | 'client.removed'
  | 'registration_token.created'
  | 'registration_token.revoked'
  | 'factor.added'
  | 'factor.removed'
  | 'factor.closed'
  | 'factors.reset'
  | 'factors.restored'
  | 'account.unlocked'
  | 'account.claimed'
  | 'account.deleted'
  | 'account.exported'
  | 'platform_role.granted'
  | 'platform_role.revoked';

/** An entry to be, as {@link record} reads it. No address, no token: those who read the log need neither. */
export interface AuditEntry {
  /**
   * Made here, so that a statement that is sent again writes no second entry. It is the log's order, too, as exactly as
   * the functions' clocks agree.
   */
  readonly entry_id: EntryId;
  readonly action: AuditAction;
  readonly user_id: UserId | null;
  readonly actor_id?: UserId;
  /** Null where no request came: of a command, of a deployment. */
  readonly ip_address: string | null;
  readonly correlation_id: string;
  readonly occurred_at: string;
  readonly detail: AuditDetail;
}

export function auditEntry(
  action: AuditAction,
  userId: UserId | null,
  { correlationId, ipAddress, now }: Cause,
  detail: AuditDetail = {},
): AuditEntry {
  return {
    entry_id: newId<EntryId>(),
    action,
    user_id: userId,
    ip_address: ipAddress,
    correlation_id: correlationId,
    occurred_at: now.toISOString(),
    detail,
  };
}

/** An entry of what somebody else did to the account. */
export const auditEntryBy = (actor: UserId, ...about: Parameters<typeof auditEntry>): AuditEntry => ({
  ...auditEntry(...about),
  actor_id: actor,
});

/** The one place that writes entries: the rows of `query`, which has these columns in this order. */
const writeEntries = (query: string) => `
  insert into audit_log (entry_id, occurred_at, action, user_id, actor_id, ip_address, correlation_id, detail)
  ${query}`;

/** This statement's earlier try, whose answer was lost, has written it. */
const once = 'on conflict do nothing';

/**
 * The body of a CTE that writes the entries in a parameter, a JSON array of {@link AuditEntry}, once for the row of
 * `cause`, and once however often the statement is sent.
 */
export const record = (parameter: string, cause: string) =>
  writeEntries(`select entry.*
  from
    jsonb_to_recordset(:${parameter}::jsonb) as entry (
      entry_id uuid, occurred_at timestamptz, action text, user_id uuid, actor_id uuid, ip_address text,
      correlation_id uuid, detail jsonb
    ),
    ${cause}
  ${once}`);

/** The entry of a row that only the statement knows: SQL, expressions over the row. */
interface EntryOfRow {
  /**
   * Given where the statement has one row at most, and one that it would have again if it were sent again. The ids of
   * others are made by the database: only it knows how many.
   */
  readonly id?: string;
  readonly user?: string;
  /** Left out, nobody else did it. */
  readonly actor?: string;
  /** Left out, `:ip_address`. */
  readonly ip?: string;
  readonly detail?: Readonly<Partial<Record<AuditDetailField, string>>>;
}

/**
 * The body of a CTE that writes one entry for each row of `cause`, out of that row. Needs the parameters
 * `:correlation_id`, `:now` and, unless `ip` is given, `:ip_address`.
 * @param cause what follows `from`; where no id is given, clauses may come after it
 */
export const recordEach = (action: AuditAction, entry: EntryOfRow, cause: string) =>
  writeEntries(`select
    ${entry.id ?? 'uuidv7()'}, :now::timestamptz, '${action}', ${entry.user ?? 'user_id'}, ${entry.actor ?? 'null::uuid'},
    ${entry.ip ?? ':ip_address'}, :correlation_id::uuid, ${jsonObject(entry.detail ?? {})}
  from ${cause}
  ${entry.id ? once : ''}`);
