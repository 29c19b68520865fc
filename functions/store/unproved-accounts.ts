/**
 * The end of accounts whose address nobody proved (S56): by the mailbox's owner, who says that it was somebody else, or by
 * the sweep. They are alone, so their organisations have no other member, and go with them.
 */
import { v4 } from 'uuid';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { erasedColumns, eraseFromEvents, tellOfDeleted } from './account-deletion.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { givesWay, isAlone } from './gives-way.ts';
import { announceEach } from './outbox.ts';
import { personalEventFields } from './personal-event-fields.ts';
import { reportMembers } from './standing.ts';

/**
 * The CTE `deleted`, with the rest of what goes: the accounts of `doomed`, a CTE with `user_id` whose rows of users are
 * locked, and all that is held of them, as account-deletion.ts has it. Needs `:deletion_reason` and {@link byNobody}.
 */
export const erase = `
  parted as (
    delete from memberships m
    using doomed
    where m.user_id = doomed.user_id
    returning m.org_id, m.user_id, m.roles
  ),
  dissolved as (
    delete from organizations o
    using parted
    where o.org_id = parted.org_id
  ),
  deleted as (
    delete from users u
    using doomed
    where u.user_id = doomed.user_id
    returning ${erasedColumns}
  ),
  ${tellOfDeleted},
  ${eraseFromEvents},
  ${reportMembers('removed', 'parted')},
  announced_deleted as (${announceEach(
    'huleedu.identity.account.deleted.v1',
    { aggregate: { type: 'user', id: 'user_id' }, data: { user_id: 'user_id', deleted_at: ':now' } },
    'deleted',
  )}),
  recorded_deleted as (${recordEach('account.deleted', { detail: { reason: ':deletion_reason' } }, 'deleted')})`;

/** Whoever asks is not known, or is the sweep: no session, and no address that would stay with the entry. */
export const byNobody = { caller_user: null, ip_address: null, erased_fields: personalEventFields };

/** How long after its mail a link deletes, milliseconds: what lies in an old mailbox deletes nothing. */
const DISOWN_TIME = 24 * 60 * 60 * 1000;

/** `late`: the address is proved by now, the link is not the newest or not of the last day, or others are concerned. */
export type Disowned = 'deleted' | 'gone' | 'late';

/** Deletes the account that the link is of, at the word of whoever holds the link. Once more is `gone`. */
export async function disownAccount(
  database: Database,
  { tokenId, userId, purpose }: OneTimeToken,
  context: RequestContext,
): Promise<Disowned> {
  const [row] = await database.query<{ deleted: boolean; existed: boolean }>(
    `
    with doomable as (
      select u.user_id
      from users u
      join one_time_tokens t using (user_id)
      where
        u.user_id = :user_id::uuid
        and u.email_verified_at is null
        and t.token_id = :token_id::uuid
        and t.purpose = :purpose
        and t.used_at is null
        and t.voided_at is null
        and t.expires_at > :now::timestamptz
        and t.created_at > :mailed_after::timestamptz
        and ${isAlone}
    ),
    doomed as (
      select u.user_id
      from users u
      join doomable using (user_id)
      where u.email_verified_at is null and ${isAlone}
      for update of u
    ),
    ${erase}
    select
      exists (select from deleted) as deleted,
      exists (select from users where user_id = :user_id::uuid) as existed,
      -- Proved, or gone, before its row was free.
      decide_anew((select count(*) from doomable) <> (select count(*) from doomed))`,
    {
      user_id: userId,
      token_id: tokenId,
      purpose,
      mailed_after: new Date(context.now.getTime() - DISOWN_TIME),
      deletion_reason: 'disowned',
      correlation_id: context.correlationId,
      now: context.now,
      ...byNobody,
    },
  );
  if (row?.deleted) return 'deleted';
  return row?.existed ? 'late' : 'gone';
}

/**
 * Deletes those that registered before a time and have had no session in use since. Accounts that were imported or
 * provisioned are not among them: their owners were never asked.
 * @returns how many went; fewer than `most` when no more are left
 */
export async function sweepUnproved(
  database: Database,
  { before, most, now }: { readonly before: Date; readonly most: number; readonly now: Date },
): Promise<number> {
  const [row] = await database.query<{ removed: number }>(
    `
    with doomed as (
      select u.user_id
      from users u
      where
        ${givesWay}
        and u.registered_at < :before::timestamptz
        and not exists (
          select from sessions s where s.user_id = u.user_id and s.last_seen_at >= :before::timestamptz
        )
      order by u.registered_at
      limit :most
      -- Whoever is at work on one of them, to prove the address perhaps, keeps it until the next sweep.
      for update skip locked
    ),
    ${erase}
    select count(*) as removed
    from deleted`,
    { before, most, deletion_reason: 'unproved', correlation_id: v4(), now, ...byNobody },
  );
  return row?.removed ?? 0;
}
