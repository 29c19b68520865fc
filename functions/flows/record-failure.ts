/** A password that did not fit: counted, and reported where it locks the account. */
import type { RequestContext } from '../domain/request-context.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import type { Database } from '../store/database.ts';
import { type FailedLogin, type Lockout, recordFailedLogin } from '../store/failed-logins.ts';

/** @returns seconds that what it is counted by is closed yet; null when it was open until this failure */
export async function recordFailure(
  database: Database,
  failure: FailedLogin,
  settings: Lockout,
  context: RequestContext,
): Promise<number | null> {
  const { retryAfter, locksAccount } = await recordFailedLogin(database, failure, settings, context);
  if (locksAccount) emitMetrics({ AccountsLocked: [1, 'Count'] });
  return retryAfter;
}
