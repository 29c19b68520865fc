/** The audit log: an entry for every security event (S54), written by the statement that does what the entry reports. */
import type { UserId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { jsonObject } from './json-object.ts';

export type AuditAction =
  | 'user.registered'
  | 'user.imported'
  | 'login.succeeded'
  | 'login.failed'
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
  | 'org.created'
  | 'org.member.invited'
  | 'org.member.added'
  | 'org.member.roles.changed'
  | 'org.member.removed'
  | 'admin.user.viewed'
  | 'admin.audit.viewed'
  | 'admin.sessions.revoked'
  | 'account.unlocked'
  | 'account.claimed'
  | 'account.deleted'
  | 'account.exported'
  | 'platform_role.granted'
  | 'platform_role.revoked';

/** An entry to be, as {@link record} reads it. No address, no token: those who read the log need neither. */
export interface AuditEntry {
  readonly action: AuditAction;
  readonly user_id: UserId | null;
  readonly actor_id?: UserId;
  readonly ip_address: string;
  readonly correlation_id: string;
  readonly occurred_at: string;
  readonly detail: object;
}

export function auditEntry(
  action: AuditAction,
  userId: UserId | null,
  { correlationId, ipAddress, now }: RequestContext,
  detail: object = {},
): AuditEntry {
  return {
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

/**
 * The one place that writes entries: the rows of `query`, which has these columns in this order. Their ids are the
 * database's (the column's default): they are the log's order, which the clocks of many functions would blur.
 */
const writeEntries = (query: string) => `
  insert into audit_log (occurred_at, action, user_id, actor_id, ip_address, correlation_id, detail)
  ${query}`;

/**
 * The body of a CTE that writes the entries in a parameter, a JSON array of {@link AuditEntry}, once for each row of
 * `cause`.
 */
export const record = (parameter: string, cause: string) =>
  writeEntries(`select entry.*
  from
    jsonb_to_recordset(:${parameter}::jsonb) as entry (
      occurred_at timestamptz, action text, user_id uuid, actor_id uuid, ip_address text,
      correlation_id uuid, detail jsonb
    ),
    ${cause}`);

/** The entry of a row that only the statement knows: SQL, expressions over the row. */
interface EntryOfRow {
  readonly user?: string;
  /** Left out, nobody else did it. */
  readonly actor?: string;
  /** Left out, `:ip_address`. */
  readonly ip?: string;
  readonly detail?: Readonly<Record<string, string>>;
}

/**
 * The body of a CTE that writes one entry for each row of `cause`, out of that row. Needs the parameters
 * `:correlation_id`, `:now` and, unless `ip` is given, `:ip_address`.
 * @param cause what follows `from`; clauses may come after it
 */
export const recordEach = (action: AuditAction, entry: EntryOfRow, cause: string) =>
  writeEntries(`select
    :now::timestamptz, '${action}', ${entry.user ?? 'user_id'}, ${entry.actor ?? 'null::uuid'},
    ${entry.ip ?? ':ip_address'}, :correlation_id::uuid, ${jsonObject(entry.detail ?? {})}
  from ${cause}`);
