/** An administrator's lock of an account, and its end. */
import type { AccessClaims } from '../domain/access-token.ts';
import type { UserId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { mailboxKey } from '../domain/pseudonym.ts';
import { assertAllowed } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { findAddress, lockAccount as lock, unlockAccount as unlock } from '../store/administration.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import { assertSure } from './assert-sure.ts';
import type { Needing } from './needs.ts';

/** What stands for no end, in the event as well, whose contract wants a time. */
const FOREVER = '9999-12-31T23:59:59.000Z';

/**
 * @param until a time (RFC 3339); undefined until somebody unlocks
 * @returns when the lock ends
 * @throws Problem VALIDATION_ERROR for a time that is past, FORBIDDEN, RESOURCE_NOT_FOUND, CONFLICT for the own account; those
 * of {@link assertSure}
 */
export async function lockAccount(
  { database, settings }: Needing<'database', RecencySettings>,
  claims: AccessClaims,
  { userId, until = FOREVER }: { readonly userId: UserId; readonly until: string | undefined },
  context: RequestContext,
): Promise<Date> {
  const end = new Date(until);
  if (end <= context.now) {
    throw new Problem('VALIDATION_ERROR', { errors: [{ pointer: '/until', detail: 'must be in the future' }] });
  }
  assertSure(await lock(database, claims, userId, end, settings, context), claims, settings);
  return end;
}

/**
 * From an administrator's lock and from that of failed logins.
 * @throws Problem FORBIDDEN, RESOURCE_NOT_FOUND; those of {@link assertSure}
 */
export async function unlockAccount(
  { database, pseudonyms, settings }: Needing<'database' | 'pseudonyms', RecencySettings>,
  claims: AccessClaims,
  userId: UserId,
  context: RequestContext,
): Promise<void> {
  const { verdict, email_key } = await findAddress(database, claims, userId, context);
  assertAllowed(verdict);
  const pseudonymize = await pseudonyms();
  const keys = { addressKey: pseudonymize('address', email_key), mailboxKey: mailboxKey(pseudonymize, email_key) };
  assertSure(await unlock(database, claims, { userId, ...keys }, settings, context), claims, settings);
}
