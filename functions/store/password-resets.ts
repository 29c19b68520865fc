/** Setting a new password with a reset link. */

import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { provedColumns } from './address-proof.ts';
import { auditEntry, record } from './audit.ts';
import { claim, claimParameters } from './claims.ts';
import type { Database } from './database.ts';
import type { Opened } from './logins.ts';
import { isRedeemed, isTakenMeanwhile, redeem, redeemParameters } from './one-time-tokens.ts';
import { announce, newEvent } from './outbox.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';
import { revokeAndTell, revokeParameters } from './revocation.ts';
import { sharesDevices } from './shared-devices.ts';

/** Counts the try. @returns the address of the account, null when the link was used, or ended; the limit it is over */
export async function findResetAddress(
  database: Database,
  { tokenId, userId, purpose }: OneTimeToken,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<{ readonly email: string | null; readonly exceeded: ExceededLimit | null }> {
  const [row] = await database.query<{ email: string | null; exceeded: string | null }>(
    `
    with ${count('limits')}, ${recordRefusals(':user_id')}
    select u.email, ${exceeded} as exceeded
    from (values (:token_id::uuid)) as given (token_id)
    left join one_time_tokens t on
      t.token_id = given.token_id
      and t.user_id = :user_id::uuid
      and t.purpose = :purpose
      and t.used_at is null
      and t.voided_at is null
      and t.expires_at > :now::timestamptz
    left join users u on u.user_id = t.user_id`,
    { limits, token_id: tokenId, user_id: userId, purpose, ...refusalParameters(context) },
  );
  return { email: row?.email ?? null, exceeded: readExceeded(row?.exceeded) };
}

export interface NewPassword {
  readonly passwordHash: string;
  readonly addressKey: Uint8Array;
  /** The key of the limit that logins of the address are counted by. */
  readonly loginsKey: Uint8Array;
}

export interface Reset extends Opened {
  readonly password_epoch: number;
}

/**
 * Sets the password, ends every session, lets the address in at once: the lock and the count of its logins are gone (S10,
 * S67), and so are those of known devices, whose tokens end with the password. It verifies the address too: the link was mailed
 * to it, and would have ended had the address changed. Where nobody had proved it before, its owner claims the account
 * from whoever registered it (S57): the other links end with the password, by the trigger users_void_tokens.
 * @returns null when the link was used, or ended
 */
export async function redeemReset(
  database: Database,
  token: OneTimeToken,
  { passwordHash, addressKey, loginsKey }: NewPassword,
  context: RequestContext,
): Promise<Reset | null> {
  const { userId } = token;
  const aggregate = { type: 'user', id: userId } as const;
  const at = context.now.toISOString();
  const completed = newEvent(
    'huleedu.identity.password.reset.completed.v1',
    aggregate,
    { user_id: userId, reset_at: at },
    context,
  );
  const [row] = await database.query<Opened & { password_epoch: number | null }>(
    `
    with ${redeem},
    changed as (
      update users u
      set
        password_hash = :password_hash,
        password_epoch = u.password_epoch + 1,
        password_from_mail = true,
        ${provedColumns}
      from redeemed
      where u.user_id = redeemed.user_id
      returning u.user_id, u.password_epoch, old.email_verified_at is null as claims
    ),
    claimed as (select user_id from changed where claims),
    ${claim('claimed')},
    ${revokeAndTell('s.user_id = changed.user_id', 'from changed')},
    forgiven as (
      delete from login_failures
      where address_key = :address_key and exists (select from changed)
    ),
    -- A hundred wrong codes came from somebody who had the password, which is another one now (S83).
    opened_factors as (
      update factors f
      set closed_at = null, misses = 0
      from changed
      -- A claim removes all of them (claims.ts): of a row that is changed and deleted, PostgreSQL does only the first.
      where f.user_id = changed.user_id and not changed.claims and f.closed_at is not null
    ),
    uncounted as (
      delete from rate_limits
      where key = :logins_key and exists (select from changed)
    ),
    announced as (${announce('completed', 'changed')}),
    recorded as (${record('audit', 'changed')})
    select coalesce(
      (select password_epoch from changed),
      -- By this statement's earlier try, whose answer was lost.
      (select password_epoch from users where user_id = :token_user::uuid and ${isRedeemed})
    ) as password_epoch,
    (select ${sharesDevices('u')} from users u where u.user_id = :token_user::uuid) as shares_devices,
    decide_anew(${isTakenMeanwhile})`,
    {
      ...redeemParameters(token, context),
      password_hash: passwordHash,
      address_key: addressKey,
      logins_key: loginsKey,
      completed: [completed],
      audit: [auditEntry('password.reset', userId, context)],
      ...claimParameters(userId, context),
      ...revokeParameters('password_reset', context),
    },
  );
  return row && row.password_epoch !== null ? { ...row, password_epoch: row.password_epoch } : null;
}
