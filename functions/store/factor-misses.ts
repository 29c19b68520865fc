/** Tries of a second factor that did not fit; counting them is factor-guesses.ts. */
import type { SecondFactor } from '../domain/authentication-level.ts';
import { newId, type UserId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { type FailureReason, loginFailed } from './failed-logins.ts';
import { announce, areWritten, standaloneEvent } from './outbox.ts';

/** Most tries of a factor that are not followed by a right one; then it is closed (NIST SP 800-63B-4 §3.2.2). */
export const MOST_MISSES = 100;

export interface Miss {
  readonly userId: UserId;
  readonly email: string;
  readonly kind: SecondFactor;
  /** Consumers know the reasons there are, so a wrong code is `invalid_password`: which factor it was, the audit log has. */
  readonly reason?: FailureReason;
}

/**
 * Announces and records a try that did not fit. It was counted before; the last of too many closes the factor, and its owner
 * is told: whoever tried has the password. The link that sets another one opens it again (password-resets.ts).
 */
export async function recordMiss(
  database: Database,
  { userId, email, kind, reason = 'invalid_password' }: Miss,
  context: RequestContext,
): Promise<void> {
  await database.query(
    `
    with missed as (
      -- Not in another try of this statement, after the answer of the first was lost.
      select where not ${areWritten('failed')}
    ),
    announced as (${announce('failed', 'missed')}),
    recorded as (${record('audit', 'missed')}),
    closed as (
      update factors f
      set closed_at = :now::timestamptz
      where
        f.user_id = :user_id::uuid and f.kind = :kind and f.misses >= :most_misses::integer and f.closed_at is null
      returning f.user_id, f.kind
    ),
    closing as (select * from closed limit 1),
    noticed as (${announce('notice', 'closing')}),
    recorded_closing as (${record('closing_audit', 'closing')})
    select 1`,
    {
      user_id: userId,
      kind,
      most_misses: MOST_MISSES,
      now: context.now,
      notice: [
        standaloneEvent(
          'huleedu.email.notification.requested.v1',
          'email',
          {
            message_id: newId(),
            template_id: 'factor_closed',
            to: email,
            variables: { factor: kind, at: context.now.toISOString() },
            category: 'system',
          },
          context,
        ),
      ],
      closing_audit: [auditEntry('factor.closed', userId, context, { factor: kind })],
      failed: [loginFailed(email, reason, context)],
      audit: [auditEntry('login.failed', userId, context, { reason, counted_by: 'factor', factor: kind })],
    },
  );
}
