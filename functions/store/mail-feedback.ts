/** Mails that failed after SES took them, and addresses that get no more. */

import { type EventId, newId } from '../domain/ids.ts';
import type { Feedback } from '../domain/mail/feedback.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { announceEach } from './outbox.ts';

export interface MailFeedback extends Feedback {
  readonly mailId: string;
  readonly correlationId: string;
}

/**
 * Announces the mail's failure once, whatever else comes of it, and stops further mail to its address if that is to be:
 * each report does so once, in whatever order they come, so that a late copy stops nobody who proved the address since.
 * After a bounce a complaint has nothing to add.
 * A complaint leaves the mails with links that prove the address, which people ask for, unless it is about one of them.
 * @returns false for a mail that is not known (any more), or that failed before
 */
export async function recordFeedback(
  database: Database,
  { mailId, correlationId, reason, stops }: MailFeedback,
  now: Date,
): Promise<boolean> {
  const [row] = await database.query<{ failed: boolean }>(
    `
    with reported as (
      update mails
      set
        failed_at = coalesce(failed_at, :now::timestamptz),
        stopped = coalesce(:stops::text, stopped)
      where
        mail_id = :mail_id::uuid
        and (
          failed_at is null
          or case :stops::text
            when 'bounce' then stopped is distinct from 'bounce'
            when 'complaint' then stopped is null
            else false
          end
        )
      returning mail_id, address_key, user_id, message_id, has_link, old.failed_at is null as is_first
    ),
    failed as (select * from reported where is_first),
    stopped as (
      insert into suppressed_addresses as s (address_key, user_id, reason, links_too, suppressed_at)
      select address_key, user_id, :stops::text, :stops::text = 'bounce' or has_link, :now::timestamptz
      from reported
      where :stops::text is not null
      on conflict (address_key) do update set
        reason = case when s.links_too then s.reason else excluded.reason end,
        links_too = s.links_too or excluded.links_too
      returning user_id
    ),
    announced as (${announceEach(
      'huleedu.email.delivery_failed.v1',
      {
        aggregate: { type: 'email', id: 'mail_id' },
        standalone: true,
        eventId: ':failure_event_id::uuid',
        data: { message_id: 'message_id', provider: "'ses'", failed_at: ':failed_at', reason: ':reason' },
      },
      'failed',
    )}),
    recorded as (${recordEach('mail.stopped', { ip: 'null', detail: { reason: ':reason' } }, 'stopped where user_id is not null')})
    select exists (select from failed) as failed`,
    {
      mail_id: mailId,
      correlation_id: correlationId,
      failure_event_id: newId<EventId>(),
      failed_at: now.toISOString(),
      reason,
      stops,
      now,
    },
  );
  return row?.failed === true;
}

/**
 * The CTE `let_through`: an address that is proved gets mail again. Of the account in `cause`, a CTE with `user_id`;
 * mails name the account that an address has, and an address that gets none is held back with its name.
 */
export const letThrough = (cause: string) => `
  let_through as (
    delete from suppressed_addresses s
    using ${cause}
    where s.user_id = ${cause}.user_id
  )`;
