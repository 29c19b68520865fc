/** What a first proof of the mailbox ends, by somebody who did not have to know the password (S57). */
import type { UserId } from '../domain/ids.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { proofParameters, provedColumns, reportProved } from './address-proof.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { announceFactorChange, factorChangeParameters } from './factor-changes.ts';
import { announce, newEvent } from './outbox.ts';
import { revokeAndTell, revokeParameters } from './revocation.ts';
import { isUnspent, onceParameters, spends } from './used-once.ts';

/** A stored hash that no password fits (domain/password-hash.ts). */
export const NO_PASSWORD = '!';

/**
 * CTEs that take from the account in `claimed`, a CTE with `user_id` whose password and sessions end, what whoever
 * registered it may have left beside: invitations and factors; and that report the claim.
 */
export const claim = (claimed: string) => `
  uninvited as (
    delete from invitations i
    using ${claimed}
    where i.invited_by = ${claimed}.user_id and i.used_at is null
  ),
  planted as (
    delete from factors f
    using ${claimed}
    where f.user_id = ${claimed}.user_id
    returning f.user_id, f.kind
  ),
  ${announceFactorChange('removed', 'planted', { many: true })},
  ${reportProved(claimed)},
  announced_claimed as (${announce('claimed', claimed)}),
  recorded_claimed as (${record('claimed_audit', claimed)})`;

/** The parameters of {@link claim}. */
export const claimParameters = (userId: UserId, context: RequestContext) => ({
  ...proofParameters(userId, context),
  ...factorChangeParameters(context, null),
  claimed: [
    newEvent(
      'huleedu.identity.account.claimed.v1',
      { type: 'user', id: userId },
      { user_id: userId, claimed_at: context.now.toISOString() },
      context,
    ),
  ],
  claimed_audit: [auditEntry('account.claimed', userId, context)],
});

/**
 * Claims an account for whoever has its mailbox, by something that counts once. It has no password then.
 * @returns the epoch from now on; null when it was proved, or its password changed, or the use was spent, meanwhile
 */
export async function claimAccount(
  database: Database,
  { userId, passwordEpoch, once }: { readonly userId: UserId; readonly passwordEpoch: number; readonly once: OneUse },
  context: RequestContext,
): Promise<number | null> {
  const [row] = await database.query<{ password_epoch: number | null }>(
    `
    with ${spends},
    claimed as (
      update users u
      set password_hash = :no_password, password_epoch = u.password_epoch + 1, ${provedColumns}
      where
        u.user_id = :user_id::uuid
        and u.password_epoch = :password_epoch::integer
        and u.email_verified_at is null
        and ${isUnspent}
      returning u.user_id, u.password_epoch
    ),
    ${revokeAndTell('s.user_id = claimed.user_id', 'from claimed')},
    ${claim('claimed')},
    account as (select password_epoch, email_verified_at is null as unproved from users where user_id = :user_id::uuid)
    select
      coalesce(
        (select password_epoch from claimed),
        -- By this statement's earlier try, whose answer was lost.
        (
          select password_epoch
          from account
          where exists (select from spent) and not unproved and password_epoch = :password_epoch::integer + 1
        )
      ) as password_epoch,
      -- That try goes on after its caller has given it up.
      decide_anew(
        exists (select from spent)
        and not exists (select from claimed)
        and exists (select from account where unproved and password_epoch = :password_epoch::integer)
      )`,
    {
      user_id: userId,
      password_epoch: passwordEpoch,
      no_password: NO_PASSWORD,
      ...onceParameters(once),
      ...claimParameters(userId, context),
      ...revokeParameters('password_reset', context),
    },
  );
  return row?.password_epoch ?? null;
}
