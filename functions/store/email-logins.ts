/** Links and codes by mail that sign in (domain/email-login.ts). */
import { type EntryId, type EventId, newId, type TokenId } from '../domain/ids.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import type { Attempt } from './failed-logins.ts';
import { countsHere, deviceParameters, known } from './login-admission.ts';
import { announceEach } from './outbox.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';

/** Who asked for a link that works, for the page behind it. */
export interface MailedLogin {
  readonly email: string;
  /** Milliseconds since the epoch. */
  readonly asked_at: number;
  readonly asked_ip: string | null;
  readonly asked_user_agent: string | null;
  readonly login_hash: Uint8Array;
}

/** @returns null where the link is over, or was used */
export async function findMailedLogin(
  database: Database,
  { tokenId, userId }: Pick<OneTimeToken, 'tokenId' | 'userId'>,
  once: OneUse,
  now: Date,
): Promise<MailedLogin | null> {
  const [row] = await database.query<MailedLogin>(
    `
    select
      u.email,
      (extract(epoch from t.created_at) * 1000)::bigint as asked_at,
      t.asked_ip,
      t.asked_user_agent,
      t.login_hash
    from one_time_tokens t
    join users u using (user_id)
    where
      t.token_id = :token_id::uuid
      and t.user_id = :user_id::uuid
      and t.purpose = 'email_login'
      and t.voided_at is null
      and t.expires_at > :now::timestamptz
      and not exists (select from used_once o where o.purpose = :once_purpose and o.id_hash = :once_hash::bytea)`,
    { token_id: tokenId, user_id: userId, once_purpose: once.purpose, once_hash: once.hash, now },
  );
  return row ?? null;
}

/**
 * CTEs that have a code mailed to whoever is in the CTE `asked`, with `user_id` and `email`; those that the same browser, or
 * the same sign-in, asked for before end. Of the link the id alone: the mail consumer makes what opens it (S28).
 */
export const mailsCode = (purpose: 'email_login' | 'second_factor') => `
    issued as (
      insert into one_time_tokens (
        token_id, user_id, purpose, created_at, expires_at, login_hash, asked_by, asked_ip, asked_user_agent
      )
      select
        :token_id::uuid, user_id, '${purpose}', :now::timestamptz, :expires_at::timestamptz, :login_hash,
        :asked_by::uuid, :ip_address, :user_agent
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
          template_id: `'${purpose}'`,
          to: 'email',
          variables: "jsonb_build_object('token_id', :token_id)",
          category: "'system'",
        },
      },
      'issued join asked using (user_id)',
    )}),
    recorded as (${recordEach('login.mail_requested', { id: ':entry_id::uuid' }, 'asked')})`;

/** What is mailed, and what its code is a MAC over. */
export interface MailedCode {
  readonly tokenId: TokenId;
  /** SHA-256 of the `login_id`, or of the id of what waits for the code. */
  readonly loginHash: Uint8Array;
  /** A UUID: the browser that asked, or what waits for the code. */
  readonly askedBy: string;
  readonly expiresAt: Date;
}

export const mailedCodeParameters = (
  { tokenId, loginHash, askedBy, expiresAt }: MailedCode,
  context: RequestContext,
) => ({
  token_id: tokenId,
  login_hash: loginHash,
  asked_by: askedBy,
  expires_at: expiresAt,
  user_agent: context.userAgent,
  event_id: newId<EventId>(),
  entry_id: newId<EntryId>(),
  ...refusalParameters(context),
});

export type AskedLogin = MailedCode & Pick<Attempt, 'emailKey' | 'device' | 'deviceKey'>;

/**
 * Has a link and a code mailed to whoever has the address, if anyone.
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
    ${mailsCode('email_login')}
    select ${exceeded} as exceeded`,
    { limits, ...deviceParameters(asked), ...mailedCodeParameters(asked, context) },
  );
  return readExceeded(row?.exceeded);
}
