/** One-time links: issuing them, looking at one, using one. What each is for is in verification.ts and password-resets.ts. */

import { type EntryId, type EventId, newId, type RedemptionId, type TokenId } from '../domain/ids.ts';
import type { AccountPurpose, OneTimeToken } from '../domain/one-time-token.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { letThrough } from './mail-feedback.ts';
import { announceEach } from './outbox.ts';
import { count, exceeded, readExceeded, recordRefusals } from './rate-limits.ts';

/** A link that is asked for: whose it may be, what announces and records it. */
const requests = {
  verify_email: {
    announced: (asked: string) =>
      announceEach(
        'huleedu.identity.email.verification.requested.v1',
        { ...event, data: { ...linkData(asked), verification_token: 'token_id' } },
        `issued join ${asked} using (user_id)`,
      ),
    action: 'email.verification_requested',
    // Where the address is verified already there is nothing to mail.
    condition: 'email_verified_at is null',
  },
  reset_password: {
    announced: (asked: string) =>
      announceEach(
        'huleedu.identity.password.reset.requested.v1',
        { ...event, data: { ...linkData(asked), token_id: 'token_id' } },
        `issued join ${asked} using (user_id)`,
      ),
    action: 'password.reset_requested',
    condition: 'true',
  },
} as const satisfies Record<AccountPurpose, object>;

const event = { aggregate: { type: 'user', id: 'user_id' }, eventId: ':link_event_id::uuid' } as const;
const linkData = (asked: string) => ({ user_id: 'user_id', email: `${asked}.email`, expires_at: ':link_ends_at' });

export interface LinkRequest {
  readonly purpose: AccountPurpose;
  readonly emailKey: string;
  readonly expiresAt: Date;
}

/**
 * CTEs that issue a link and have it mailed, for each row of `asked`, a CTE with `user_id` and `email`; where nobody has
 * the address, both null, the audit log alone gets an entry: whoever tries a list of them is to be seen.
 */
export const issue = (purpose: AccountPurpose, asked: string) => `
  issued as (
    insert into one_time_tokens (token_id, user_id, purpose, created_at, expires_at)
    select :link_id::uuid, user_id, '${purpose}', :now::timestamptz, :link_ends_at::timestamptz
    from ${asked}
    where user_id is not null
    on conflict do nothing
    returning token_id, user_id
  ),
  announced_link as (${requests[purpose].announced(asked)}),
  recorded_link as (${recordEach(requests[purpose].action, { id: ':link_entry_id::uuid' }, asked)})`;

export const issueParameters = (expiresAt: Date, context: RequestContext) => ({
  link_id: newId<TokenId>(),
  link_event_id: newId<EventId>(),
  link_entry_id: newId<EntryId>(),
  link_ends_at: expiresAt.toISOString(),
  correlation_id: context.correlationId,
  ip_address: context.ipAddress,
  now: context.now,
});

/**
 * Issues a link to whoever has the address, if anyone; the older ones end. Told to nobody but the address: the caller
 * learns the same either way, and the limit counts by what was asked, not by what was found (S7).
 * @returns the limit that the request is over, or null when it is admitted
 */
export async function requestLink(
  database: Database,
  { purpose, emailKey, expiresAt }: LinkRequest,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<ExceededLimit | null> {
  const { condition } = requests[purpose];
  const [row] = await database.query<{ exceeded: string | null }>(
    `
    with ${count('limits')}, ${recordRefusals()},
    asked as (
      select u.user_id, u.email
      from (values (:email_key)) as given (email_key)
      left join users u on u.email_key = given.email_key and ${condition}
      where not exists (select from refused)
    ),
    ${issue(purpose, 'asked')}
    select ${exceeded} as exceeded`,
    { limits, email_key: emailKey, ...issueParameters(expiresAt, context) },
  );
  return readExceeded(row?.exceeded);
}

/** The row of the token in the parameters, while it can be used. */
const isLive = `(
      token_id = :token_id::uuid
      and user_id = :token_user::uuid
      and purpose = :purpose
      and used_at is null
      and voided_at is null
      and expires_at > :now::timestamptz
    )`;

/**
 * The CTE `redeemed`: uses the token, once however many try at the same time (S26): who waits for the row's lock finds
 * it used. A row, with `user_id`, for the one that succeeded. Whoever has the link has the mailbox, so mail goes to it again.
 */
export const redeemIf = (condition: string) => `
  redeemed as (
    update one_time_tokens
    set used_at = :now::timestamptz, redemption_id = :redemption_id::uuid
    where ${isLive} and ${condition}
    returning user_id
  ),
  ${letThrough('redeemed')}`;
export const redeem = redeemIf('true');

/** Whether this call used the token, in this try of the statement or in one whose answer was lost. */
export const isRedeemed = `(
  exists (select from redeemed)
  or exists (
    select from one_time_tokens where token_id = :token_id::uuid and redemption_id = :redemption_id::uuid
  )
)`;

/**
 * True of a token that was live when the statement began, and was used or ended before its row was free: by another
 * request, or by this statement's earlier try, which goes on after its caller has given it up. For `decide_anew`.
 */
export const isTakenMeanwhile = `(
  not exists (select from redeemed)
  and exists (
    select
    from one_time_tokens
    where ${isLive}
  )
)`;

export const redeemParameters = ({ tokenId, userId, purpose }: OneTimeToken, { now }: Pick<RequestContext, 'now'>) => ({
  token_id: tokenId,
  token_user: userId,
  purpose,
  redemption_id: newId<RedemptionId>(),
  now,
});

/** What the holder of a genuine link may know of it and of its account. */
export interface LinkState {
  readonly email: string;
  /** The address is proved, by this link or otherwise. */
  readonly proved: boolean;
  /** Not used, not ended by a newer one or another password, and within its time. */
  readonly live: boolean;
  readonly used: boolean;
  readonly expired: boolean;
  /** Milliseconds since the epoch. */
  readonly registered_at: number;
  readonly registered_ip: string | null;
  readonly registered_user_agent: string | null;
}

/** @returns null where the account is gone */
export async function findLink(
  database: Database,
  { tokenId, userId, purpose, expiresAt }: OneTimeToken,
  now: Date,
): Promise<LinkState | null> {
  const [row] = await database.query<LinkState>(
    `
    select
      u.email,
      u.email_verified_at is not null as proved,
      coalesce(t.used_at is null and t.voided_at is null and t.expires_at > :now::timestamptz, false) as live,
      t.used_at is not null as used,
      :expires_at::timestamptz <= :now::timestamptz as expired,
      (extract(epoch from u.registered_at) * 1000)::bigint as registered_at,
      u.registered_ip,
      u.registered_user_agent
    from users u
    left join one_time_tokens t on t.token_id = :token_id::uuid and t.user_id = u.user_id and t.purpose = :purpose
    where u.user_id = :user_id::uuid`,
    { token_id: tokenId, user_id: userId, purpose, expires_at: expiresAt, now },
  );
  return row ?? null;
}
