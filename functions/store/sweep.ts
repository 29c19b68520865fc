/** Removing what is over, a bounded batch a statement: no long lock, no long transaction. */
import type { Database } from './database.ts';

/** Each condition is one that indexes answer. `:before` is the time that what is kept must be younger than. */
const over = {
  event_outbox: 'published_at < :before::timestamptz',
  sessions: `(
    idle_expires_at < :before::timestamptz or expires_at < :before::timestamptz or revoked_at < :before::timestamptz
  )`,
  inbox: 'received_at < :before::timestamptz',
  one_time_tokens: 'expires_at < :before::timestamptz',
  invitations: 'expires_at < :before::timestamptz',
  rate_limits: 'expires_at < :before::timestamptz',
  // A lock that still holds outlives its failures.
  login_failures: 'failed_at < :before::timestamptz and coalesce(locked_until, failed_at) < :before::timestamptz',
} as const;

export type Swept = keyof typeof over;

/** @returns how many rows went; fewer than `most` when no more are left */
export async function sweep(
  database: Database,
  table: Swept,
  { before, most }: { before: Date; most: number },
): Promise<number> {
  const [row] = await database.query<{ removed: number }>(
    `
    with removed as (
      delete from ${table}
      where ctid in (
        select ctid
        from ${table}
        where ${over[table]}
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
 * Removes audit entries, which the application's role may not: a function of the schema's owner does, and never one of
 * the last 90 days, whatever is asked (migrations/0009).
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
