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
 * A CTE by which each client with a back channel is to be told of its sessions that end with `ended`, a CTE with
 * `session_id` and its row's `version`: those that are among them, and whatever a browser's session gave, also what is
 * offline, or was over already. Whether a client has none left under that `sid` is seen when it is told
 * (logout-notices.ts). Of a browser's session that was written since the statement began, what a code gave of it is not
 * to be seen yet (code-exchange.ts), so the statement is sent again.
 * @param condition of a client's session `s`
 */
export const tellClients = (ended: string, condition = 'true') => `
  told_of_${ended} as (${announceEach(
    'huleedu.identity.client.signed_out.v1',
    {
      aggregate: { type: 'client_session' },
      data: { user_id: 'user_id', client_id: 'client_id', sid: 'sid', at: ':now' },
    },
    `(
      select distinct s.user_id, s.client_id, s.sid
      from
        (
          select b.*, decide_anew(b.kind = 'browser' and b.xmin <> e.version) as is_whole
          from ${ended} e join sessions b using (session_id)
        ) b,
        lateral (
          select b.user_id, b.client_id, b.sid
          union all
          select g.user_id, g.client_id, g.sid from sessions g where b.kind = 'browser' and g.browser_session_id = b.session_id
        ) s
        join clients c using (client_id)
      where b.is_whole and c.backchannel_logout_uri is not null and s.sid is not null and ${condition}
    ) as over`,
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

/** {@link revoke} where whoever ends the sessions is not the client itself, which is told ({@link tellClients}). */
export const revokeAndTell = (condition: string, from: string) => `
  ${revoke(condition, from)},
  ${tellClients('revoked')}`;

/**
 * The CTEs of {@link revokeAndTell}, and `in_all`: how many sessions this statement has ended, those of its earlier try, whose
 * answer was lost, included.
 */
export const revokeAll = (condition: string, from: string) => `
  ${revokeAndTell(condition, `from ${from}`)},
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
