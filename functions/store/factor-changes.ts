/** What follows each change of a factor (S85): an event, which is also mailed, and an audit entry. */
import { type EntryId, type EventId, newId, type UserId } from '../domain/ids.ts';
import type { Cause } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import { announceEach } from './outbox.ts';

interface HowMany {
  /** As many as `cause` has rows, and the ids are made by the database; else one at most. */
  readonly many?: true;
}

/**
 * CTEs that announce and record the change of each row of `cause`, a CTE with `user_id` and the factor's `kind`, which has
 * a row only if the change was made by this statement. The mail goes to the account's address (domain/mail/compose.ts).
 * Needs {@link factorChangeParameters}.
 */
export const announceFactorChange = (change: 'added' | 'removed', cause: string, { many }: HowMany = {}) => `
  announced_${cause} as (${announceEach(
    `huleedu.identity.factor.${change}.v1`,
    {
      ...(many ? {} : { eventId: ':factor_event_id::uuid' }),
      aggregate: { type: 'user', id: 'user_id' },
      data: { user_id: 'user_id', factor: 'kind', at: ':now' },
    },
    cause,
  )}),
  recorded_${cause} as (${recordEach(
    `factor.${change}`,
    {
      ...(many ? {} : { id: ':factor_entry_id::uuid' }),
      actor: 'nullif(:caller_user::uuid, user_id)',
      detail: { factor: 'kind' },
    },
    cause,
  )})`;

/**
 * @param caller who does it: the owner, an administrator, or nobody that is known
 */
export const factorChangeParameters = ({ now, correlationId, ipAddress }: Cause, caller: UserId | null) => ({
  factor_event_id: newId<EventId>(),
  factor_entry_id: newId<EntryId>(),
  caller_user: caller,
  correlation_id: correlationId,
  ip_address: ipAddress,
  now,
});
