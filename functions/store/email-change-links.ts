/**
 * What the links of a change of address have in common: the new one's, which proves it (email-change-proof.ts), and the old
 * one's, which undoes the change (email-change-undo.ts).
 */
import { type EntryId, type EventId, newId, type RedemptionId } from '../domain/ids.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { standing } from './email-changes.ts';
import { givesWay } from './gives-way.ts';
import { announceEach } from './outbox.ts';
import { revokeParameters } from './revocation.ts';
import { byNobody, erase } from './unproved-accounts.ts';

export interface ChangeState {
  readonly standing: 'pending' | 'changed' | 'settled' | 'undone' | 'over';
  readonly old_email: string;
  readonly new_email: string;
}

/** What the page behind a genuine link shows. @returns null where account or change are gone */
export async function findEmailChange(
  database: Database,
  { tokenId, userId }: OneTimeToken,
  now: Date,
): Promise<ChangeState | null> {
  const [row] = await database.query<ChangeState>(
    `
    select ${standing} as standing, c.old_email, c.new_email
    from email_changes c
    join users u using (user_id)
    where c.change_id = :token_id::uuid and c.user_id = :user_id::uuid`,
    { token_id: tokenId, user_id: userId, now },
  );
  return row ?? null;
}

/**
 * The CTEs `person` and `change`: the account and its change with its standing, their rows locked, the account's first as
 * everywhere: of twenty that come at once, and of one that undoes beside one that confirms, each finds what was done before.
 */
export const locked = `
  person as materialized (
    select *
    from users
    where user_id = :token_user::uuid
    for update
  ),
  change as materialized (
    select c.*, ${standing} as standing
    from email_changes c
    join person u using (user_id)
    where c.change_id = :token_id::uuid
    for update of c
  )`;

/**
 * The CTE `holder`: another account with the address that this one is to have, its row locked. One that somebody registered
 * and nobody proved goes (S56): whoever has the mailbox says so by this link.
 */
export const holder = (address: string, while_: string) => `
  holder as materialized (
    select u.user_id, ${givesWay} as goes
    from change c
    join users u on u.email_key = c.${address} and u.user_id <> c.user_id
    where c.standing = '${while_}'
    for update of u
  )`;

/** The holder goes before the address is had: a unique key is checked row by row. */
export const doomed = `
  doomed as (select holder.user_id from holder, verdict where outcome = 'acts'),
  ${erase},
  freed as (select count(*) from deleted)`;

export const announceChanged = (changed: string) => `
  announced_change as (${announceEach(
    'huleedu.identity.email.changed.v1',
    {
      aggregate: { type: 'user', id: 'user_id' },
      eventId: ':event_id::uuid',
      data: { user_id: 'user_id', email: 'email', changed_at: ':now' },
    },
    changed,
  )})`;

export const linkParameters = ({ tokenId, userId, purpose }: OneTimeToken, context: RequestContext) => ({
  token_id: tokenId,
  token_user: userId,
  purpose,
  redemption_id: newId<RedemptionId>(),
  event_id: newId<EventId>(),
  notice_mail: newId<EventId>(),
  entry_id: newId<EntryId>(),
  deletion_reason: 'address_proved_by_another',
  ...byNobody,
  ...revokeParameters('user', context),
});
