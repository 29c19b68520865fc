/** The link by which the old address, or whoever reads the new one, ends a change. */
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import { NO_PASSWORD } from './claims.ts';
import type { Database } from './database.ts';
import { announceChanged, doomed, holder, linkParameters, locked } from './email-change-links.ts';
import { mailChange } from './email-change-mails.ts';
import { announceFactorChange, factorChangeParameters } from './factor-changes.ts';
import { revokeAndTell } from './revocation.ts';

/** `before`: it was undone, or cancelled. `taken`: the old address has another account by now. */
export type Undone = 'cancelled' | 'undone' | 'before' | 'taken' | 'dead';

/**
 * Ends a change. Of the old address: before it is confirmed and, for a while, after; then the account has that address back,
 * every session ends, and whatever factor or open invitation came since the request goes. So does a password that was set since: it is that of
 * whoever changed the address. The mailbox sets another. Of the new address, whose reader did not ask: only before.
 * @returns null where account or change are gone
 */
export async function undoEmailChange(
  database: Database,
  token: OneTimeToken,
  context: RequestContext,
): Promise<Undone | null> {
  const [row] = await database.query<{ outcome: Undone }>(
    `
    with ${locked},
    ${holder('old_email_key', 'changed')},
    verdict as (
      select
        case
          -- By this statement's earlier try, whose answer was lost.
          when c.end_id = :redemption_id::uuid then 'acts'
          when coalesce(c.cancelled_at, c.undone_at) is not null then 'before'
          when c.standing = 'pending' then 'acts'
          when c.standing <> 'changed' or :purpose <> 'undo_email' then 'dead'
          when exists (select from holder where not goes) then 'taken'
          else 'acts'
        end as outcome
      from change c
    ),
    ended as (
      update email_changes c
      set
        cancelled_at = case when c.confirmed_at is null then :now::timestamptz end,
        undone_at = case when c.confirmed_at is not null then :now::timestamptz end,
        end_id = :redemption_id::uuid
      from change, verdict
      where outcome = 'acts' and change.end_id is null and c.change_id = change.change_id
      returning c.*
    ),
    ${doomed},
    restored as (
      update users u
      set
        email = c.old_email,
        email_key = c.old_email_key,
        email_verified_at = c.old_verified_at,
        password_hash = case when u.password_epoch = c.password_epoch + 1 then u.password_hash else :no_password end,
        password_epoch = u.password_epoch + 1,
        updated_at = :now::timestamptz
      from ended c, freed
      where
        c.undone_at is not null and u.user_id = c.user_id and freed.count = (select count(*) from doomed)
      returning u.user_id, u.email, c.change_id, c.new_email, c.requested_at
    ),
    planted as (
      delete from factors f
      using restored
      where f.user_id = restored.user_id and greatest(f.created_at, f.confirmed_at) >= restored.requested_at
      returning f.user_id, f.kind, f.confirmed_at
    ),
    unfactored as (select user_id, kind from planted where confirmed_at is not null),
    ${announceFactorChange('removed', 'unfactored', { many: true })},
    -- As a claim does (claims.ts): who was invited since then is nobody that the owner knows.
    uninvited as (
      delete from invitations i
      using restored
      where i.invited_by = restored.user_id and i.used_at is null and i.created_at >= restored.requested_at
    ),
    ${revokeAndTell('s.user_id = restored.user_id', 'from restored')},
    ${announceChanged('restored')},
    announced_notice as (${mailChange('email_change_undone', ':notice_mail', 'restored')}),
    recorded as (${recordEach('email.change_undone', { id: ':entry_id::uuid' }, 'restored')}),
    recorded_cancelled as (${recordEach('email.change_cancelled', { id: ':entry_id::uuid' }, 'ended where cancelled_at is not null')})
    select
      case when outcome <> 'acts' then outcome when c.confirmed_at is null then 'cancelled' else 'undone' end as outcome
    from verdict, change c`,
    {
      ...linkParameters(token, context),
      no_password: NO_PASSWORD,
      ...factorChangeParameters(context, null),
    },
  );
  return row?.outcome ?? null;
}
