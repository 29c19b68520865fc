/** What sending a mail needs of the database: who it is for, and noting what became of it. */
import type { Database } from '../aws/data-api.ts';
import { emailKey } from '../domain/email-address.ts';
import type { Recipient } from '../domain/mail/compose.ts';
import { type Claim, settle } from './inbox.ts';
import { announce, type NewEvent } from './outbox.ts';

/** Whose mail it is: an account's, or an address's that need have none. */
export type Addressee = { readonly userId: string; readonly tokenId?: string } | { readonly address: string };

/** @returns null for an account that is no more */
export async function findRecipient(database: Database, addressee: Addressee): Promise<Recipient | null> {
  const { userId, tokenId, address } = { userId: null, tokenId: null, address: null, ...addressee };
  const [row] = await database.query<Recipient>(
    `
    select
      coalesce(:address, u.email) as email,
      u.locale,
      t.created_at is not null and t.created_at = u.registered_at as is_new,
      exists (
        select from one_time_tokens v where v.user_id = u.user_id and v.purpose = 'verify_email'
      ) as verification_due,
      coalesce(u.locked_until > :now::timestamptz, false) as locked_by_administrator
    from (values (:user_id::uuid, :email_key, :token_id::uuid)) as given (user_id, email_key, token_id)
    left join users u on u.user_id = given.user_id or u.email_key = given.email_key
    left join one_time_tokens t on t.token_id = given.token_id
    where :address::text is not null or u.user_id is not null`,
    {
      user_id: userId,
      address,
      email_key: address === null ? null : emailKey(address),
      token_id: tokenId,
      now: new Date(),
    },
  );
  return row ?? null;
}

/** Notes that the event is dealt with and announces the outcome, if there is one to tell: both, or neither. */
export async function settleMail(database: Database, claim: Claim, outcome: NewEvent | null, now: Date): Promise<void> {
  await database.query(
    `
    with settled as (${settle('claim')}),
    announced as (${announce('outcome', 'settled')})
    select from settled`,
    { claim, outcome: outcome ? [outcome] : [], now },
  );
}
