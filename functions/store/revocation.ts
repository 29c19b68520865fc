/** Ending sessions within the statement that has a reason to, and telling of it. */

import type { EventData } from '../contracts/events/registry.ts';
import type { Cause } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import { announceEach } from './outbox.ts';

export type RevocationReason = EventData<'huleedu.identity.session.revoked.v1'>['reason'];

/**
 * The CTEs `announced_revoked` and `recorded_revoked`: tell of each session that `revoked`, a CTE with `session_id` and
 * `user_id`, has ended.
 */
export const reportRevoked = (revoked: string) => `
  announced_revoked as (${announceEach(
    'huleedu.identity.session.revoked.v1',
    {
      aggregate: { type: 'user', id: 'user_id' },
      data: { user_id: 'user_id', session_id: 'session_id', reason: ':reason', revoked_at: ':now' },
    },
    revoked,
  )}),
  recorded_revoked as (${recordEach(
    'session.revoked',
    { detail: { session_id: 'session_id', reason: ':reason' } },
    revoked,
  )})`;

/**
 * The CTE `revoked`, and those of {@link reportRevoked}: ends the sessions that `condition` picks, which may use `s`. One
 * that is over already is left as it is.
 * @param from a `from` clause, where the condition needs one
 */
export const revoke = (condition: string, from = '') => `
  revoked as (
    update sessions s
    set revoked_at = :now::timestamptz, revoked_reason = :reason
    ${from}
    where s.revoked_at is null and ${condition}
    returning s.session_id, s.user_id, old.xmin as version
  ),
  ${reportRevoked('revoked')}`;

/**
 * The CTEs of {@link revoke}, and `in_all`: how many sessions this statement has ended, those of its earlier try, whose
 * answer was lost, included.
 */
export const revokeAll = (condition: string, from: string) => `
  ${revoke(condition, `from ${from}`)},
  in_all as (
    select
      count(r.session_id) + count(*) filter (where s.revoked_at is not null) as ended,
      -- Or written: what a code gave of it meanwhile is not to be seen yet (code-exchange.ts).
      count(*) filter (where s.revoked_at is null and r.version is distinct from s.xmin) > 0 as written_meanwhile
    from sessions s left join revoked r using (session_id), ${from}
    where ${condition} and (s.revoked_at is null or (s.revoked_at = :now::timestamptz and s.revoked_reason = :reason))
  )`;

/**
 * A column for a statement with {@link revokeAll}, which is sent again where another ended or wrote some of its sessions
 * after it began. That one may be its own earlier try, which goes on after its caller has given it up.
 */
export const decidedAnew = 'decide_anew((select written_meanwhile from in_all))';

/** The parameters of {@link revoke} and {@link reportRevoked}. */
export const revokeParameters = (reason: RevocationReason, { correlationId, ipAddress, now }: Cause) => ({
  reason,
  correlation_id: correlationId,
  ip_address: ipAddress,
  now,
});
