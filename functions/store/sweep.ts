/** Removing what is over, a bounded batch a statement: no long lock, no long transaction. */
import type { Database } from './database.ts';

interface Ended {
  /** Where that is not the table's name: what is in a partition goes with it (partitions.ts). */
  readonly from?: string;
  /** The columns of the primary key. */
  readonly key: string;
  /** What indexes answer. `:before` is the time that what is kept must be younger than. */
  readonly over: string;
}

const ended = {
  event_outbox: {
    from: 'event_outbox_default',
    key: 'event_id',
    over: 'published_at < :before::timestamptz',
  },
  sessions: {
    key: 'session_id',
    over: `(
      idle_expires_at < :before::timestamptz or expires_at < :before::timestamptz or revoked_at < :before::timestamptz
    )`,
  },
  inbox: { key: 'consumer, event_id', over: 'received_at < :before::timestamptz' },
  one_time_tokens: { key: 'token_id', over: 'expires_at < :before::timestamptz' },
  email_changes: { key: 'change_id', over: 'expires_at < :before::timestamptz' },
  invitations: { key: 'org_id, email_key', over: 'expires_at < :before::timestamptz' },
  authorization_codes: { key: 'code_hash', over: 'expires_at < :before::timestamptz' },
  device_codes: { key: 'device_hash', over: 'expires_at < :before::timestamptz' },
  pushed_requests: { key: 'request_hash', over: 'expires_at < :before::timestamptz' },
  used_once: { key: 'purpose, id_hash', over: 'expires_at < :before::timestamptz' },
  deleted_statuses: { key: 'status_index', over: 'deleted_at < :before::timestamptz' },
  client_secrets: { key: 'secret_id', over: 'expires_at < :before::timestamptz' },
  registration_tokens: { key: 'token_id', over: 'expires_at < :before::timestamptz' },
  mails: { key: 'mail_id', over: 'sent_at < :before::timestamptz' },
  suppressed_addresses: { key: 'address_key', over: 'suppressed_at < :before::timestamptz' },
  rate_limits: { key: 'key, window_start', over: 'expires_at < :before::timestamptz' },
  login_failures: {
    key: 'address_key',
    // A lock that still holds outlives its failures.
    over: 'failed_at < :before::timestamptz and coalesce(locked_until, failed_at) < :before::timestamptz',
  },
} as const satisfies Record<string, Ended>;

export type Swept = keyof typeof ended;

/**
 * Removes rows by their keys: a `ctid` names a row of one partition only, and would delete another row in the next.
 * @returns how many went; fewer than `most` when no more are left
 */
export async function sweep(
  database: Database,
  table: Swept,
  { before, most }: { before: Date; most: number },
): Promise<number> {
  const { from = table, key, over }: Ended = ended[table];
  const [row] = await database.query<{ removed: number }>(
    `
    with removed as (
      delete from ${from}
      where (${key}) in (
        select ${key}
        from ${from}
        where ${over}
        limit :most
        -- Whoever has one of them at hand keeps it until the next sweep.
        for update skip locked
      )
      returning 1
    )
    select count(*) as removed
    from removed`,
    { before, most },
  );
  return row?.removed ?? 0;
}

/**
 * Removes audit entries that are in no partition, which the application's role may not: a function of the schema's owner
 * does, and never one of the last 90 days, whatever is asked (migrations/0018).
 * @returns how many went
 */
export async function pruneAuditLog(
  database: Database,
  { before, most }: { before: Date; most: number },
): Promise<number> {
  const [row] = await database.query<{ removed: number }>(
    'select prune_audit_log(:before::timestamptz, :most::integer) as removed',
    { before, most },
  );
  return row?.removed ?? 0;
}
