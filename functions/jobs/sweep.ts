/** Removes ended rows after their retention (`retention` in lib/service/settings/outbox.ts). Killing it is harmless. */
import type { Context } from 'aws-lambda';
import { forJobs } from '../aws/database-retry.ts';
import { setDeadline } from '../runtime/deadline.ts';
import { log } from '../runtime/log.ts';
import { stageDatabase } from '../stage/database.ts';
import { stageSettings } from '../stage/settings.ts';
import { pruneAuditLog, type Swept, sweep } from '../store/sweep.ts';
import { sweepUnproved } from '../store/unproved-accounts.ts';

/** Most rows a statement. */
const MOST = 1_000;
/** Most accounts a statement, each with all its rows. */
const MOST_ACCOUNTS = 100;
/** No batch begins with fewer milliseconds left. */
const BATCH_TIME = 15_000;
const DAY = 24 * 60 * 60 * 1000;

type Kept = Swept | 'audit_log' | 'unproved_accounts';

const { retention, unprovedAccountDays } = stageSettings();
/** How long each kind is kept, milliseconds. */
const kept: Readonly<Record<Kept, number>> = {
  unproved_accounts: unprovedAccountDays * DAY,
  event_outbox: retention.publishedEventDays * DAY,
  sessions: retention.endedSessionDays * DAY,
  inbox: retention.inboxDays * DAY,
  one_time_tokens: retention.endedLinkDays * DAY,
  invitations: retention.endedLinkDays * DAY,
  audit_log: retention.auditDays * DAY,
  mails: retention.mailDays * DAY,
  suppressed_addresses: retention.suppressedAddressDays * DAY,
  rate_limits: 0,
  login_failures: retention.loginFailureDays * DAY,
};

const database = stageDatabase(forJobs);

/** @returns how many rows of each table were removed */
export async function handler(_event: unknown, context: Context): Promise<Record<string, number>> {
  setDeadline(context);
  const now = new Date();
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
  log('info', 'swept', { removed });
  return removed;
}

function remove(table: Kept, bounds: { readonly before: Date; readonly most: number; readonly now: Date }) {
  switch (table) {
    case 'audit_log':
      return pruneAuditLog(database, bounds);
    case 'unproved_accounts':
      return sweepUnproved(database, bounds);
    default:
      return sweep(database, table, bounds);
  }
}
