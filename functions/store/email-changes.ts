/** Changes of an account's address, as whoever is signed in asks for one. Their links are email-change-links.ts. */
import { emailKey } from '../domain/email-address.ts';
import { UNDO_HOURS } from '../domain/email-change.ts';
import { type EntryId, type EventId, newId, type RedemptionId, type TokenId } from '../domain/ids.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { mailChange } from './email-change-mails.ts';
import { mayHaveFactors } from './factors.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';
import {
  type Recency,
  type RecencySettings,
  recencyParameters,
  stale,
  staleAcr,
  staleFirst,
} from './recent-authentication.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';

const isUndoable = (change: string) => `(
  ${change}.old_verified_at is not null
  and ${change}.confirmed_at > :now::timestamptz - interval '${UNDO_HOURS} hours'
)`;

/**
 * How a change `c` of an account `u` stands: `pending`, `changed` as long as it may be undone, `settled` after that,
 * `undone`, or `over`. The newest that was asked for is alone, and every end of the session that asked, another password,
 * and another address by then, end it: so whoever throws others out has thrown out their change, too. What is compared is
 * the account's own row: nothing has to be written to end a change, and nothing can forget to.
 */
export const standing = `
  case
    when c.undone_at is not null then 'undone'
    when c.confirmed_at is not null
      then case when ${isUndoable('c')} and u.email_key = c.new_email_key then 'changed' else 'settled' end
    when
      c.cancelled_at is null
      and c.expires_at > :now::timestamptz
      and c.password_epoch = u.password_epoch
      and c.old_email_key = u.email_key
      and exists (select from sessions asking where asking.session_id = c.session_id and asking.revoked_at is null)
      and not exists (select from email_changes newer where newer.user_id = c.user_id and newer.change_id > c.change_id)
      then 'pending'
    else 'over'
  end`;

export interface NewAddress {
  readonly changeId: TokenId;
  readonly email: string;
  /** HMAC, as mails to it are stopped by. */
  readonly mailboxKey: Uint8Array;
  readonly expiresAt: Date;
}

export interface Asked extends Recency {
  readonly verdict: 'asked' | 'stale' | 'limited' | Refusal;
  readonly exceeded: ExceededLimit | null;
}

/**
 * Has a link mailed to the new address, and to the old one what it may be stopped by. The same whoever has the new address:
 * what its mailbox gets is decided when the mail is written (S7). While a change may be undone there is no other one: whoever
 * took the account over would end the owner's undo by it.
 */
export async function askForEmailChange(
  database: Database,
  claims: Caller,
  { changeId, email, mailboxKey, expiresAt }: NewAddress,
  limits: readonly Limit[],
  settings: RecencySettings,
  context: RequestContext,
): Promise<Asked> {
  const [row] = await database.query<Omit<Asked, 'exceeded'> & { readonly exceeded: string | null }>(
    `
    with ${caller}, ${stale},
    counting as (select user_id from caller where not exists (select from stale)),
    ${count('limits', 'counting')}, ${recordRefusals(':caller_user')},
    verdict as (
      select
        case
          when not exists (select from caller) then 'caller_gone'
          ${staleFirst}
          when exists (select from refused) then 'limited'
          -- The link that gives the factors back goes to the address as it is: whoever has the password alone moves it nowhere.
          when exists (select from caller join users u using (user_id) where not ${mayHaveFactors('u')}) then 'factors_reset'
          when exists (select from caller join users using (user_id) where email_key = :email_key) then 'own_address'
          when exists (
            select
            from caller
            join email_changes c using (user_id)
            where ${isUndoable('c')} and c.undone_at is null
          ) then 'lately_changed'
          else 'asked'
        end as verdict
    ),
    asked as (
      insert into email_changes (
        change_id, user_id, session_id, password_epoch, old_email, old_email_key, old_verified_at,
        new_email, new_email_key, new_mailbox_key, requested_at, expires_at
      )
      select
        :change_id::uuid, u.user_id, caller.session_id, u.password_epoch, u.email, u.email_key, u.email_verified_at,
        :email, :email_key, :mailbox_key, :now::timestamptz, :expires_at::timestamptz
      from caller
      join users u using (user_id), verdict
      where verdict = 'asked'
      -- This statement's earlier try, whose answer was lost.
      on conflict do nothing
      returning *
    ),
    announced_link as (${mailChange('change_email', ':link_mail', 'asked')}),
    announced_notice as (
      ${mailChange('email_change_asked', ':notice_mail', 'asked where old_verified_at is not null')}
    ),
    recorded as (${recordEach('email.change_requested', { id: ':entry_id::uuid' }, 'asked')})
    select verdict, ${exceeded} as exceeded, ${staleAcr}
    from verdict`,
    {
      limits,
      change_id: changeId,
      email,
      email_key: emailKey(email),
      mailbox_key: mailboxKey,
      expires_at: expiresAt,
      link_mail: newId<EventId>(),
      notice_mail: newId<EventId>(),
      entry_id: newId<EntryId>(),
      ...refusalParameters(context),
      ...callerParameters(claims, context),
      ...recencyParameters(settings),
    },
  );
  if (!row) throw new Error('a request without a verdict');
  return { ...row, exceeded: readExceeded(row.exceeded) };
}

/** The address as it is, and the newest change of it that is pending, or may be undone. Times in milliseconds. */
export interface AddressState {
  readonly email: string;
  readonly email_verified: boolean;
  readonly standing: 'pending' | 'changed' | null;
  readonly new_email: string | null;
  readonly requested_at: number | null;
  readonly expires_at: number | null;
  /** Of one that may be undone: until then, and no other is taken before. */
  readonly undo_until: number | null;
}

/** @returns null when the account or the session no longer exists */
export async function findOwnAddress(
  database: Database,
  claims: Caller,
  context: RequestContext,
): Promise<AddressState | null> {
  const [row] = await database.query<AddressState>(
    `
    with ${caller}
    select
      u.email,
      u.email_verified_at is not null as email_verified,
      c.standing,
      c.new_email,
      (extract(epoch from c.requested_at) * 1000)::bigint as requested_at,
      (extract(epoch from c.expires_at) * 1000)::bigint as expires_at,
      case
        when c.standing = 'changed'
          then (extract(epoch from c.confirmed_at + interval '${UNDO_HOURS} hours') * 1000)::bigint
      end as undo_until
    from caller
    join users u using (user_id)
    left join lateral (
      select *
      from (select c.*, ${standing} as standing from email_changes c where c.user_id = u.user_id) as all_of_them
      where standing in ('pending', 'changed')
      order by change_id desc
      limit 1
    ) as c on true`,
    callerParameters(claims, context),
  );
  return row ?? null;
}

/** Ends what is pending, if anything. @returns false when the account or the session no longer exists */
export async function cancelEmailChange(database: Database, claims: Caller, context: RequestContext): Promise<boolean> {
  const [row] = await database.query<{ alive: boolean }>(
    `
    with ${caller},
    cancelled as (
      update email_changes c
      set cancelled_at = :now::timestamptz, end_id = :end_id::uuid
      from caller
      where
        c.user_id = caller.user_id
        and c.confirmed_at is null
        and c.cancelled_at is null
        and c.expires_at > :now::timestamptz
      returning c.user_id
    ),
    recorded as (${recordEach('email.change_cancelled', {}, '(select distinct user_id from cancelled) as one')})
    select exists (select from caller) as alive`,
    { end_id: newId<RedemptionId>(), ...callerParameters(claims, context), ...refusalParameters(context) },
  );
  return row?.alive === true;
}
