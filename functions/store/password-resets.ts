/** Setting a new password with a reset link: read what the new one is checked against, then write. */
import type { Database } from '../aws/data-api.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { Origin } from '../domain/origin.ts';
import { auditEntry, record } from './audit.ts';
import { isRedeemed, redeem, redeemParameters } from './one-time-tokens.ts';
import { announce, newEvent } from './outbox.ts';
import { revoke, revokeParameters } from './sessions.ts';

/** @returns the address of the account, or null when the link was used, or ended */
export async function findResetAddress(
  database: Database,
  { tokenId, userId, purpose }: OneTimeToken,
  now: Date,
): Promise<string | null> {
  const [row] = await database.query<{ email: string }>(
    `
    select u.email
    from one_time_tokens t
    join users u using (user_id)
    where
      t.token_id = :token_id::uuid
      and t.user_id = :user_id::uuid
      and t.purpose = :purpose
      and t.used_at is null
      and t.voided_at is null
      and t.expires_at > :now::timestamptz`,
    { token_id: tokenId, user_id: userId, purpose, now },
  );
  return row?.email ?? null;
}

export interface NewPassword {
  readonly passwordHash: string;
  readonly addressKey: Uint8Array;
}

/**
 * Sets the password, ends every session, unlocks the address (S10). It verifies the address too: the link was mailed
 * to it, and would have ended had the address changed.
 * @returns false when the link was used, or ended
 */
export async function redeemReset(
  database: Database,
  token: OneTimeToken,
  { passwordHash, addressKey }: NewPassword,
  origin: Origin,
): Promise<boolean> {
  const { userId } = token;
  const aggregate = { type: 'user', id: userId } as const;
  const at = origin.now.toISOString();
  const completed = newEvent(
    'huleedu.identity.password.reset.completed.v1',
    aggregate,
    { user_id: userId, reset_at: at },
    origin,
  );
  const verified = newEvent(
    'huleedu.identity.email.verified.v1',
    aggregate,
    { user_id: userId, verified_at: at },
    origin,
  );
  const [row] = await database.query<{ redeemed: boolean }>(
    `
    with ${redeem},
    changed as (
      update users u
      set
        password_hash = :password_hash,
        password_epoch = u.password_epoch + 1,
        email_verified_at = coalesce(u.email_verified_at, :now::timestamptz),
        updated_at = :now::timestamptz
      from redeemed
      where u.user_id = redeemed.user_id
      returning u.user_id, old.email_verified_at is null as verifies
    ),
    verified as (select user_id from changed where verifies),
    ${revoke('s.user_id = changed.user_id', 'from changed')},
    forgiven as (
      delete from login_failures
      where address_key = :address_key and exists (select from changed)
    ),
    announced as (${announce('completed', 'changed')}),
    announced_verified as (${announce('verified', 'verified')}),
    recorded as (${record('audit', 'changed')}),
    recorded_verified as (${record('verified_audit', 'verified')})
    select ${isRedeemed} as redeemed`,
    {
      ...redeemParameters(token, origin),
      password_hash: passwordHash,
      address_key: addressKey,
      completed: [completed],
      verified: [verified],
      audit: [auditEntry('password.reset', userId, origin)],
      verified_audit: [auditEntry('email.verified', userId, origin)],
      ...revokeParameters('password_reset', origin),
    },
  );
  return row?.redeemed === true;
}
