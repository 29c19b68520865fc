/**
 * Makes the partitions to come, and removes ended rows after their retention (`retention` in
 * lib/service/settings/outbox.ts): whole partitions, and other rows one by one. Killing it is harmless.
 */
import type { Context } from 'aws-lambda';
import { v4 } from 'uuid';
import { forJobs } from '../aws/database-retry.ts';
import { backoff } from '../domain/backoff.ts';
import type { CorrelationId } from '../domain/ids.ts';
import { endRemovedClients } from '../flows/end-removed-clients.ts';
import { setDeadline } from '../runtime/deadline.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { stageDatabase } from '../stage/database.ts';
import { stageSettings } from '../stage/settings.ts';
import { sweepIdleClients } from '../store/idle-clients.ts';
import { dropEndedPartition, makePartition, type Partitioned } from '../store/partitions.ts';
import { pruneAuditLog, type Swept, sweep } from '../store/sweep.ts';
import { sweepUnproved } from '../store/unproved-accounts.ts';

/** Most rows a statement. */
const MOST = 1_000;
/** Most accounts a statement, each with all its rows. */
const MOST_ACCOUNTS = 100;
/** No batch begins with fewer milliseconds left. */
const BATCH_TIME = 15_000;
/** Whoever is at work on the table has it for milliseconds. The next run tries again. */
const TRIES_FOR_LOCK = 5;
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

type Kept = Swept | 'audit_log' | 'unproved_accounts' | 'idle_clients';

const { retention, unprovedAccountDays, registration } = stageSettings();
/** How long each kind is kept, milliseconds. */
const kept: Readonly<Record<Kept, number>> = {
  unproved_accounts: unprovedAccountDays * DAY,
  event_outbox: retention.publishedEventDays * DAY,
  sessions: retention.endedSessionDays * DAY,
  inbox: retention.inboxDays * DAY,
  one_time_tokens: retention.endedLinkDays * DAY,
  invitations: retention.endedLinkDays * DAY,
  // As long as an event may name an address that an account had: its deletion erases that by this.
  email_changes: retention.inboxDays * DAY,
  // A code that comes a second time, an hour after it was used, still ends what it gave.
  authorization_codes: HOUR,
  device_codes: HOUR,
  pushed_requests: HOUR,
  used_once: HOUR,
  deleted_statuses: DAY,
  client_secrets: HOUR,
  registration_tokens: HOUR,
  // Each has its own time.
  idle_clients: 0,
  audit_log: retention.auditDays * DAY,
  mails: retention.mailDays * DAY,
  suppressed_addresses: retention.suppressedAddressDays * DAY,
  rate_limits: 0,
  login_failures: retention.loginFailureDays * DAY,
};

const partitioned: readonly Partitioned[] = ['event_outbox', 'audit_log'];

const database = stageDatabase(forJobs);

/**
 * @returns how many rows of each table were removed, those in partitions left out
 * @throws Error when a partition that is to come could not be made; all else is done by then
 */
export async function handler(_event: unknown, context: Context): Promise<Record<string, number>> {
  setDeadline(context);
  const now = new Date();
  const unmade = await makePartitions();
  for (const table of partitioned) await dropPartitions(table, new Date(now.getTime() - kept[table]));
  const removed: Record<string, number> = {};
  for (const [table, age] of Object.entries(kept) as [Kept, number][]) {
    const before = new Date(now.getTime() - age);
    const most = table === 'unproved_accounts' ? MOST_ACCOUNTS : MOST;
    let batch = most;
    while (batch === most && context.getRemainingTimeInMillis() > BATCH_TIME) {
      batch = await remove(table, { before, most, now });
      removed[table] = (removed[table] ?? 0) + batch;
    }
  }
  removed.removed_clients = await endRemovedClients(
    database,
    { correlationId: v4() as CorrelationId, ipAddress: null, now },
    () => context.getRemainingTimeInMillis() > BATCH_TIME,
  );
  log('info', 'swept', { removed });
  if (unmade.length > 0) throw new Error(`partitions to come could not be made: ${unmade.join(', ')}`);
  return removed;
}

/** @returns those that are still missing, and why */
async function makePartitions(): Promise<string[]> {
  const unmade: string[] = [];
  let strays = 0;
  for (const table of partitioned) {
    let made = await untilFree(() => makePartition(database, table));
    for (; made.outcome === 'made'; made = await untilFree(() => makePartition(database, table))) {
      log('info', 'made a partition', { partition: made.partition });
    }
    if (made.outcome !== 'none') unmade.push(`${made.partition} (${made.outcome})`);
    strays += made.strays;
  }
  emitMetrics({ RowsOutsidePartitions: [strays, 'Count'] });
  return unmade;
}

async function dropPartitions(table: Partitioned, before: Date): Promise<void> {
  let dropped = await untilFree(() => dropEndedPartition(database, table, before));
  for (; dropped.outcome === 'dropped'; dropped = await untilFree(() => dropEndedPartition(database, table, before))) {
    log('info', 'dropped a partition', { partition: dropped.partition, moved: dropped.moved });
  }
  if (dropped.outcome === 'full_of_unsent') {
    log('error', 'a partition stays, since its events are unsent', { partition: dropped.partition });
  }
}

/** Asks again, with jitter, while somebody else has the lock. */
async function untilFree<T extends { readonly outcome: string }>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (answer.outcome !== 'busy' || tries === TRIES_FOR_LOCK) return answer;
    const pause = backoff(tries, { first: 200, longest: 2_000 });
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function remove(table: Kept, bounds: { readonly before: Date; readonly most: number; readonly now: Date }) {
  switch (table) {
    case 'audit_log':
      return pruneAuditLog(database, bounds);
    case 'idle_clients':
      return sweepIdleClients(database, { ...bounds, days: registration.unusedDays });
    case 'unproved_accounts':
      return sweepUnproved(database, bounds);
    default:
      return sweep(database, table, bounds);
  }
}
