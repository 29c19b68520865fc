/** Verifying an address, by the link that was mailed to it or by its code. */

import type { TokenId, UserId } from '../domain/ids.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { MOST_GUESSES } from '../domain/verification-code.ts';
import { proofParameters, prove } from './address-proof.ts';
import type { Database } from './database.ts';
import { isRedeemed, isTakenMeanwhile, redeem, redeemParameters } from './one-time-tokens.ts';
import { count, exceeded, isCountedBefore, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';

/**
 * Verifies the address that the link was mailed to.
 * @returns `before` when the link was used or ended, and the address is verified all the same; else `dead`
 */
export async function redeemVerification(
  database: Database,
  token: OneTimeToken,
  context: RequestContext,
): Promise<'verified' | 'before' | 'dead'> {
  const [row] = await database.query<{ redeemed: boolean; before: boolean }>(
    `
    with ${redeem},
    ${prove('redeemed')},
    -- Locked, so that it is read as it is now: a second press of the button has waited for the first above.
    account as (
      select email_verified_at
      from users
      where user_id = :token_user::uuid and not exists (select from redeemed)
      for share
    )
    select
      ${isRedeemed} as redeemed,
      decide_anew(${isTakenMeanwhile}),
      exists (select from account where email_verified_at is not null) as before`,
    { ...redeemParameters(token, context), ...proofParameters(token.userId, context) },
  );
  if (row?.redeemed) return 'verified';
  return row?.before ? 'before' : 'dead';
}

export interface Guess {
  /** The limit that the try is over, or null when it is admitted. */
  readonly exceeded: ExceededLimit | null;
  /** The link whose code is tried: the account's newest; null where there is none, or it was tried too often. */
  readonly link: OneTimeToken | null;
}

/** Counts a try of the account's code against the limits and the link itself, before anything is compared (S83). */
export async function guessCode(
  database: Database,
  userId: UserId,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<Guess> {
  const [row] = await database.query<{ exceeded: string | null; token_id: TokenId | null; expires_at: number | null }>(
    `
    with ${count('limits')}, ${recordRefusals(':user_id')},
    again as (select ${isCountedBefore} as again),
    tried as (
      update one_time_tokens
      set guesses = guesses + (not again)::integer
      from again
      where
        user_id = :user_id::uuid
        and purpose = 'verify_email'
        and used_at is null
        and voided_at is null
        and expires_at > :now::timestamptz
        and guesses < :most_guesses + again::integer
        and not exists (select from refused)
      returning token_id, expires_at
    )
    select
      ${exceeded} as exceeded,
      (select token_id from tried) as token_id,
      (select (extract(epoch from expires_at) * 1000)::bigint from tried) as expires_at`,
    { limits, user_id: userId, most_guesses: MOST_GUESSES, ...refusalParameters(context) },
  );
  if (!row?.token_id || row.expires_at === null) return { exceeded: readExceeded(row?.exceeded), link: null };
  const link = { purpose: 'verify_email', userId, tokenId: row.token_id, expiresAt: new Date(row.expires_at) } as const;
  return { exceeded: null, link };
}
