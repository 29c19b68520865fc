/** Logins that failed: counted against the address, whether or not it has an account, and announced. */

import type { EventData } from '../contracts/events/registry.ts';
import type { DeviceToken } from '../domain/device-token.ts';
import { withAsciiDomain } from '../domain/email-address.ts';
import type { TokenId, UserId } from '../domain/ids.ts';
import type { Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { issue, issueParameters } from './one-time-tokens.ts';
import { announce, areWritten, newEvent, standaloneEvent } from './outbox.ts';
import { count, recordRefusals } from './rate-limits.ts';

export type FailureReason = EventData<'huleedu.identity.login.failed.v1'>['reason'];

/** The address that is tried. */
export interface Attempt {
  readonly email: string;
  readonly emailKey: string;
  /** HMAC of the key: lockout counts by it, whether or not there is an account. */
  readonly addressKey: Uint8Array;
  /** A genuine token of some device, of whichever account. */
  readonly device: DeviceToken | null;
  /** HMAC of the device's id: its own failures are counted by it. */
  readonly deviceKey: Uint8Array | null;
  /** The mailed link whose code is tried. */
  readonly loginToken?: TokenId;
}

/** The CTE `locked`: one row, with the seconds left, while `:guess_key` is closed to guesses. */
export const locked = `
  locked as (
    select extract(epoch from locked_until - :now::timestamptz)::integer as retry_after
    from login_failures
    where address_key = :guess_key and locked_until > :now::timestamptz
  )`;

export interface FailedLogin {
  readonly email: string;
  readonly userId: UserId | null;
  readonly reason: FailureReason;
  /** What the failure is counted by: the HMAC of an address; of a known device or a session, apart from all others. */
  readonly guessKey: Uint8Array;
  readonly guessedBy: 'address' | 'device' | 'session' | 'link' | 'code';
}

export type Lockout = Pick<Settings, 'lockoutFailures' | 'lockoutSeconds'>;

export interface RecordedFailure {
  /** Seconds that what it is counted by is closed yet, or null when it was not before this failure. */
  readonly retryAfter: number | null;
  /** This failure locks the account. */
  readonly locksAccount: boolean;
}

/**
 * Counts a failure and closes what it is counted by to guesses at the limit (S10): an address, whether or not it has an
 * account, by the same work. Only then is the account locked; a device or a session locks nobody but itself.
 */
export async function recordFailedLogin(
  database: Database,
  failure: FailedLogin,
  { lockoutFailures, lockoutSeconds }: Lockout,
  context: RequestContext,
): Promise<RecordedFailure> {
  const { email, userId, reason, guessKey, guessedBy } = failure;
  const lockedUntil = new Date(context.now.getTime() + lockoutSeconds * 1000);
  const locksAccount = guessedBy === 'address';
  const lockEvents = locksAccount &&
    userId && [
      newEvent(
        'huleedu.identity.account.locked.v1',
        { type: 'user', id: userId },
        { user_id: userId, locked_until: lockedUntil.toISOString() },
        context,
      ),
    ];
  const [row] = await database.query<{ retry_after: number | null; locks: boolean }>(
    `
    with before as (
      -- By this statement's earlier try, whose answer was lost.
      select where ${areWritten('failed')}
    ),
    failed as (
      insert into login_failures as f (address_key, failures, failed_at)
      select :guess_key, 1, :now::timestamptz
      where not exists (select from before)
      on conflict (address_key) do update set
        -- After a lock has ended, counting begins anew.
        failures = case when f.locked_until <= :now::timestamptz then 1 else f.failures + 1 end,
        locked_until = case
          when f.locked_until <= :now::timestamptz then null
          when f.locked_until is null and f.failures + 1 >= :lockout_failures then :locked_until::timestamptz
          else f.locked_until
        end,
        failed_at = :now::timestamptz
      returning
        old.locked_until is null and new.locked_until is not null as locks,
        extract(epoch from old.locked_until - :now::timestamptz)::integer as retry_after
    ),
    locking as (select from failed where locks),
    announced as (${announce('failed', 'failed')}),
    announced_lock as (${announce('locked', 'locking')}),
    recorded as (${record('audit', 'failed')}),
    recorded_lock as (${record('lock_audit', 'locking')})
    select case when retry_after > 0 then retry_after end as retry_after, locks
    from failed
    union all
    select
      case
        when locked_until > :now::timestamptz and locked_until <> :locked_until::timestamptz
          then extract(epoch from locked_until - :now::timestamptz)::integer
      end,
      coalesce(locked_until = :locked_until::timestamptz, false)
    from before, login_failures
    where address_key = :guess_key`,
    {
      guess_key: guessKey,
      now: context.now,
      lockout_failures: lockoutFailures,
      locked_until: lockedUntil,
      failed: [loginFailed(email, reason, context)],
      locked: lockEvents || null,
      audit: [auditEntry('login.failed', userId, context, { reason, counted_by: guessedBy })],
      lock_audit: [
        auditEntry(locksAccount ? 'account.locked' : 'guesses.refused', userId, context, {
          counted_by: guessedBy,
          locked_until: lockedUntil.toISOString(),
        }),
      ],
    },
  );
  return { retryAfter: row?.retry_after ?? null, locksAccount: row?.locks === true && locksAccount };
}

export interface UnverifiedLogin {
  readonly userId: UserId;
  /** As the account has it. */
  readonly email: string;
  /** When the link ends that is mailed. */
  readonly linkEnd: Date;
}

/**
 * Tells of a login with the right password that was refused for its address being unverified, and has a link mailed
 * that verifies it. No failure that locks the owner out: nothing was guessed.
 * @param mailLimits how often that is mailed; past it, silently not
 */
export async function recordUnverifiedLogin(
  database: Database,
  { userId, email, linkEnd }: UnverifiedLogin,
  mailLimits: readonly Limit[],
  context: RequestContext,
): Promise<void> {
  const reason = 'email_unverified';
  await database.query(
    `
    with ${count('limits')}, ${recordRefusals(':user_id')},
    refusal as (
      -- Not in another try of this statement, after the answer of the first was lost.
      select where not ${areWritten('failed')}
    ),
    announced as (${announce('failed', 'refusal')}),
    recorded as (${record('audit', 'refusal')}),
    asked as (
      select user_id, email
      from users
      where user_id = :user_id::uuid and email_verified_at is null and not exists (select from refused)
    ),
    ${issue('verify_email', 'asked')}
    select 1`,
    {
      limits: mailLimits,
      user_id: userId,
      failed: [loginFailed(email, reason, context)],
      audit: [auditEntry('login.failed', userId, context, { reason })],
      ...issueParameters(linkEnd, context),
    },
  );
}

/** Its event. An aggregate of its own: a flood of failures then waits for no row that the owner's events need. */
export const loginFailed = (email: string, reason: FailureReason, context: RequestContext) =>
  standaloneEvent(
    'huleedu.identity.login.failed.v1',
    'login_attempt',
    // However it was typed, deleting the account finds it by this.
    { email: withAsciiDomain(email), reason, timestamp: context.now.toISOString() },
    context,
  );
