/** The proof of a mailbox, whichever way it came: a verification link, its code, an invitation's link. */
import type { UserId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import { announce, newEvent } from './outbox.ts';

/** What an account has from its proof on; what the mail said of whoever registered is not kept past it. */
export const provedColumns = `
  email_verified_at = coalesce(u.email_verified_at, :now::timestamptz),
  registered_ip = null,
  registered_user_agent = null,
  updated_at = :now::timestamptz`;

/**
 * The CTE `proved`, and those that tell of it: the address of the account in `cause`, a CTE with `user_id`, is proved.
 * None where it was before.
 */
export const prove = (cause: string) => `
  proved as (
    update users u
    set ${provedColumns}
    from ${cause}
    where u.user_id = ${cause}.user_id and u.email_verified_at is null
    returning u.user_id
  ),
  ${reportProved('proved')}`;

/** The CTEs that tell of the proof in `proved`, a CTE with one row for it. */
export const reportProved = (proved: string) => `
  announced_proof as (${announce('proof', proved)}),
  recorded_proof as (${record('proof_audit', proved)})`;

/** The parameters of {@link reportProved}. */
export const proofParameters = (userId: UserId, context: RequestContext) => ({
  proof: [
    newEvent(
      'huleedu.identity.email.verified.v1',
      { type: 'user', id: userId },
      { user_id: userId, verified_at: context.now.toISOString() },
      context,
    ),
  ],
  proof_audit: [auditEntry('email.verified', userId, context)],
});
