/** Links and codes by mail that sign in (domain/email-login.ts). */
import { type EntryId, type EventId, newId } from '../domain/ids.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import type { Attempt } from './failed-logins.ts';
import { countsHere, deviceParameters, known } from './login-admission.ts';
import { announceEach } from './outbox.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';

export interface AskedLogin extends Pick<Attempt, 'emailKey' | 'device' | 'deviceKey'> {
  readonly tokenId: string;
  /** SHA-256 of the `login_id`. */
  readonly loginHash: Uint8Array;
  readonly browser: string;
  readonly expiresAt: Date;
}

/**
 * Has a link and a code mailed to whoever has the address, if anyone; those that the same browser asked for before end.
 * Told to nobody but the address, as with other links (one-time-tokens.ts).
 * @returns the limit that the request is over, or null when it is admitted
 */
export async function askForEmailLogin(
  database: Database,
  asked: AskedLogin,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<ExceededLimit | null> {
  const [row] = await database.query<{ exceeded: string | null }>(
    `
    with ${known},
    ${count('limits', undefined, countsHere)}, ${recordRefusals()},
    asked as (
      select u.user_id, u.email
      from (values (:email_key)) as given (email_key)
      left join users u using (email_key)
      where not exists (select from refused)
    ),
    issued as (
      insert into one_time_tokens (
        token_id, user_id, purpose, created_at, expires_at, login_hash, asked_by, asked_ip, asked_user_agent
      )
      select
        :token_id::uuid, user_id, 'email_login', :now::timestamptz, :expires_at::timestamptz, :login_hash,
        :browser::uuid, :ip_address, :user_agent
      from asked
      where user_id is not null
      on conflict do nothing
      returning user_id
    ),
    announced as (${announceEach(
      'huleedu.email.notification.requested.v1',
      {
        aggregate: { type: 'email', id: ':token_id::uuid' },
        standalone: true,
        eventId: ':event_id::uuid',
        data: {
          message_id: ':token_id',
          template_id: "'email_login'",
          to: 'email',
          // Of the link the id alone: the mail consumer makes what opens it (S28).
          variables: "jsonb_build_object('token_id', :token_id)",
          category: "'system'",
        },
      },
      'issued join asked using (user_id)',
    )}),
    recorded as (${recordEach('login.mail_requested', { id: ':entry_id::uuid' }, 'asked')})
    select ${exceeded} as exceeded`,
    {
      limits,
      ...deviceParameters(asked),
      token_id: asked.tokenId,
      login_hash: asked.loginHash,
      browser: asked.browser,
      expires_at: asked.expiresAt,
      user_agent: context.userAgent,
      event_id: newId<EventId>(),
      entry_id: newId<EntryId>(),
      ...refusalParameters(context),
    },
  );
  return readExceeded(row?.exceeded);
}
