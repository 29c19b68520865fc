/** Support actions of platform administrators, each audited with who did it. */

import type { AccessClaims } from '../domain/access-token.ts';
import type { UserId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntryBy, record } from './audit.ts';
import type { Database } from './database.ts';
import { isLevel2 } from './levels.ts';
import { announce, areWritten, newEvent } from './outbox.ts';
import { isAdministrator } from './platform-roles.ts';
import {
  type Recency,
  type RecencySettings,
  recencyParameters,
  staleAcr,
  staleFirst,
  staleUnless,
} from './recent-authentication.ts';
import { decidedAnew, revokeAll, revokeAndTell, revokeParameters } from './revocation.ts';
import { caller, callerParameters } from './sessions.ts';

/**
 * The first cases of a verdict. The role is looked up here too: whoever lost it is out at once, whatever the token says.
 * An administrator who lets somebody else's application use the account has not let it act on everybody's.
 */
export const administratorsOnly = `
  when not exists (select from caller) then 'caller_gone'
  when not exists (
    select
    from caller
    join users u using (user_id)
    join sessions s using (session_id)
    left join clients c using (client_id)
    where ${isAdministrator} and (s.client_id is null or c.first_party)
  ) then 'forbidden'
  when not exists (select from caller join sessions s using (session_id) where ${isLevel2('s')}) then 'too_weak'`;

/** The CTEs `caller` and `target`, a user `u` by `condition`. */
export const administer = (condition: string) => `
  ${caller},
  target as (
    select u.*
    from users u
    where ${condition}
  )`;
export const ofAccount = `${administratorsOnly}
  when not exists (select from target) then 'not_found'`;

/**
 * As {@link administer}, for what an administrator does with a second factor that is minutes old (S85): a session that was
 * left open, or stolen, locks nobody out and takes nobody's factors. With {@link ofAccountForSure}.
 */
export const administerForSure = (condition: string) => `${administer(condition)}, ${staleUnless('true')}`;
export const ofAccountForSure = `${ofAccount} ${staleFirst}`;
export type Sure = Recency & { readonly verdict: 'allowed' | 'stale' | Refusal };
export const goneCaller: Sure = { verdict: 'caller_gone', stale_acr: null };

/**
 * Locks the account: no login is taken, and it is answered as a wrong password is (S7), and every session ends, also one that a login
 * opens at this moment, since the password's epoch rises. A reset of the password does not unlock it.
 */
export async function lockAccount(
  database: Database,
  claims: AccessClaims,
  userId: UserId,
  until: Date,
  settings: RecencySettings,
  context: RequestContext,
): Promise<Sure> {
  const lockedUntil = until.toISOString();
  const locked = newEvent(
    'huleedu.identity.account.locked.v1',
    { type: 'user', id: userId },
    { user_id: userId, locked_until: lockedUntil },
    context,
  );
  const [row] = await database.query<Sure>(
    `
    with ${administerForSure('u.user_id = :user_id::uuid')},
    verdict as (
      select
        case
          ${ofAccountForSure}
          when :user_id::uuid = :caller_user::uuid then 'own_account'
          else 'allowed'
        end as verdict
    ),
    locked as (
      update users u
      set
        locked_until = :locked_until::timestamptz,
        password_epoch = u.password_epoch + 1,
        updated_at = :now::timestamptz
      from verdict
      -- Not in another try of this statement, after the answer of the first was lost.
      where verdict = 'allowed' and u.user_id = :user_id::uuid and not ${areWritten('events')}
      returning u.user_id
    ),
    ${revokeAndTell('s.user_id = locked.user_id', 'from locked')},
    announced as (${announce('events', 'locked')}),
    recorded as (${record('audit', 'locked')})
    select verdict, ${staleAcr} from verdict`,
    {
      user_id: userId,
      locked_until: lockedUntil,
      events: [locked],
      audit: [auditEntryBy(claims.sub, 'account.locked', userId, context, { locked_until: lockedUntil })],
      ...recencyParameters(settings),
      ...callerParameters(claims, context),
      ...revokeParameters('admin', context),
    },
  );
  return row ?? goneCaller;
}

/** @returns the account's address, whose lock by failed logins is kept under a keyed hash of it */
export async function findAddress(
  database: Database,
  claims: AccessClaims,
  userId: UserId,
  context: RequestContext,
): Promise<{ readonly verdict: 'allowed' | Refusal; readonly email_key: string }> {
  const [row] = await database.query<{ verdict: 'allowed' | Refusal; email_key: string }>(
    `
    with ${administer('u.user_id = :user_id::uuid')},
    verdict as (select case ${ofAccount} else 'allowed' end as verdict)
    select verdict, target.email_key
    from verdict
    left join target on verdict = 'allowed'`,
    { user_id: userId, ...callerParameters(claims, context) },
  );
  return row ?? { verdict: 'caller_gone', email_key: '' };
}

export interface Unlocking {
  readonly userId: UserId;
  /** HMACs of its address: what failed logins are counted by, and what mail is stopped by. */
  readonly addressKey: Uint8Array;
  readonly mailboxKey: Uint8Array;
}

/**
 * Ends both locks: the administrator's, of the account, and the one that failed logins made, of the address. Mail goes to
 * the address again, where a bounce or a complaint had stopped it.
 */
export async function unlockAccount(
  database: Database,
  claims: AccessClaims,
  { userId, addressKey, mailboxKey }: Unlocking,
  settings: RecencySettings,
  context: RequestContext,
): Promise<Sure> {
  const [row] = await database.query<Sure>(
    `
    with ${administerForSure('u.user_id = :user_id::uuid')},
    verdict as (select case ${ofAccountForSure} else 'allowed' end as verdict),
    unlocked as (
      update users u
      set locked_until = null, updated_at = :now::timestamptz
      from verdict
      where verdict = 'allowed' and u.user_id = :user_id::uuid
      returning u.user_id
    ),
    forgiven as (
      delete from login_failures
      where address_key = :address_key and exists (select from unlocked)
    ),
    let_through as (
      -- By the account, too: the hash may be of a key that was replaced since.
      delete from suppressed_addresses
      where (address_key = :mailbox_key or user_id = :user_id::uuid) and exists (select from unlocked)
    ),
    recorded as (${record('audit', 'unlocked')})
    select verdict, ${staleAcr} from verdict`,
    {
      user_id: userId,
      address_key: addressKey,
      mailbox_key: mailboxKey,
      audit: [auditEntryBy(claims.sub, 'account.unlocked', userId, context)],
      ...recencyParameters(settings),
      ...callerParameters(claims, context),
    },
  );
  return row ?? goneCaller;
}

/** Ends every session of the account. */
export async function endSessions(
  database: Database,
  claims: AccessClaims,
  userId: UserId,
  context: RequestContext,
): Promise<{ readonly verdict: 'allowed' | Refusal; readonly revoked: number }> {
  const [row] = await database.query<{ verdict: 'allowed' | Refusal; revoked: number }>(
    `
    with ${administer('u.user_id = :user_id::uuid')},
    verdict as (select case ${ofAccount} else 'allowed' end as verdict),
    allowed as (select user_id from target, verdict where verdict = 'allowed'),
    ${revokeAll('s.user_id = allowed.user_id', 'allowed')},
    recorded as (${record('audit', 'allowed')})
    select verdict, (select ended from in_all) as revoked, ${decidedAnew}
    from verdict`,
    {
      user_id: userId,
      audit: [auditEntryBy(claims.sub, 'admin.sessions.revoked', userId, context)],
      ...callerParameters(claims, context),
      ...revokeParameters('admin', context),
    },
  );
  return row ?? { verdict: 'caller_gone', revoked: 0 };
}
