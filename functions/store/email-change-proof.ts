/** The link of a new address. */
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { proofParameters, reportProved } from './address-proof.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { announceChanged, doomed, holder, linkParameters, locked } from './email-change-links.ts';
import { mailChange } from './email-change-mails.ts';
import { revokeAndTell } from './revocation.ts';
import { sharesDevices } from './shared-devices.ts';

export interface Confirmed {
  /** `taken`: another account has proved the address meanwhile; `before`: this very change was made. */
  readonly outcome: 'changed' | 'before' | 'taken' | 'dead';
  readonly email: string;
  readonly password_epoch: number;
  readonly shares_devices: boolean;
}

/**
 * Gives the account its new address, which is proved by the link. Every session ends but the one that asked, with the
 * browser's that it came from; the password's epoch rises, so that one that is opened at this moment ends, too, and every
 * known device is unknown. Older links end by the trigger users_void_tokens.
 * @returns null where account or change are gone
 */
export async function confirmEmailChange(
  database: Database,
  token: OneTimeToken,
  context: RequestContext,
): Promise<Confirmed | null> {
  const [row] = await database.query<Confirmed>(
    `
    with ${locked},
    ${holder('new_email_key', 'pending')},
    verdict as (
      select
        case
          -- By this statement's earlier try, whose answer was lost.
          when c.confirmation_id = :redemption_id::uuid then 'changed'
          when c.standing in ('changed', 'settled') then 'before'
          when c.standing <> 'pending' then 'dead'
          when exists (select from holder where not goes) then 'taken'
          else 'acts'
        end as outcome
      from change c
    ),
    ${doomed},
    changed as (
      update users u
      set
        email = c.new_email,
        email_key = c.new_email_key,
        email_verified_at = :now::timestamptz,
        registered_ip = null,
        registered_user_agent = null,
        password_epoch = u.password_epoch + 1,
        updated_at = :now::timestamptz
      from change c, verdict, freed
      where outcome = 'acts' and u.user_id = c.user_id and freed.count = (select count(*) from doomed)
      returning
        u.user_id, u.email, u.password_epoch, c.change_id, c.old_email, c.session_id, c.new_mailbox_key,
        old.email_verified_at as old_verified_at
    ),
    made as (
      update email_changes c
      set confirmed_at = :now::timestamptz, confirmation_id = :redemption_id::uuid, old_verified_at = changed.old_verified_at
      from changed
      where c.change_id = changed.change_id
    ),
    asking as (
      select s.session_id, coalesce(s.browser_session_id, s.session_id) as browser_session_id
      from changed
      join sessions s using (session_id)
    ),
    kept as (
      update sessions s
      set password_epoch = changed.password_epoch
      from changed, asking
      where s.session_id in (asking.session_id, asking.browser_session_id) and s.revoked_at is null
    ),
    ${revokeAndTell(
      's.user_id = changed.user_id and s.session_id not in (asking.session_id, asking.browser_session_id)',
      'from changed, asking',
    )},
    -- Whoever has the link has the mailbox, so mail goes to it again.
    let_through as (
      delete from suppressed_addresses s
      using changed
      where s.address_key = changed.new_mailbox_key
    ),
    -- What stops mail to the old one stays, and is the account's no longer.
    unnamed as (
      update suppressed_addresses s
      set user_id = null
      from changed
      where s.user_id = changed.user_id and s.address_key <> changed.new_mailbox_key
    ),
    first_proved as (select user_id from changed where old_verified_at is null),
    ${reportProved('first_proved')},
    ${announceChanged('changed')},
    announced_notice as (
      ${mailChange('email_changed', ':notice_mail', 'changed where old_verified_at is not null')}
    ),
    recorded as (${recordEach('email.changed', { id: ':entry_id::uuid' }, 'changed')})
    select
      case when outcome = 'acts' then 'changed' else outcome end as outcome,
      c.new_email as email,
      coalesce((select password_epoch from changed), p.password_epoch) as password_epoch,
      ${sharesDevices('p')} as shares_devices
    from verdict, change c, person p`,
    { ...linkParameters(token, context), ...proofParameters(token.userId, context) },
  );
  return row ?? null;
}
