/** Assertions of clients count once (RFC 7523 §3, S77): the statement that does what was asked for spends them, too. */
import type { ShownAssertion } from '../domain/client-credentials.ts';
import type { ClientId } from '../domain/ids.ts';
import type { Database } from './database.ts';

/**
 * The CTE `spent`, which has a row unless the assertion came before. A row with this attempt's id is of this statement's
 * earlier try, whose answer was lost.
 */
export const spendsAssertion = `
  spent as (
    insert into used_assertions as used (client_id, jti_hash, expires_at, attempt_id)
    select :assertion_client, :assertion_hash::bytea, :assertion_end::timestamptz, :assertion_attempt::uuid
    where :assertion_hash::bytea is not null
    on conflict (client_id, jti_hash) do update
    set attempt_id = excluded.attempt_id
    where used.attempt_id = excluded.attempt_id
    returning 1
  )`;

/** True where there was no assertion to spend, or it came for the first time. What is asked for is done only then. */
export const isAssertionNew = '(:assertion_hash::bytea is null or exists (select from spent))';

export const assertionParameters = (clientId: ClientId, assertion: ShownAssertion | null) => ({
  assertion_client: clientId,
  assertion_hash: assertion?.hash ?? null,
  assertion_end: assertion?.expiresAt ?? null,
  assertion_attempt: assertion?.attemptId ?? null,
});

/** Where no statement runs that could. @returns false for one that came before */
export async function spendAssertion(
  database: Database,
  clientId: ClientId,
  assertion: ShownAssertion | null,
): Promise<boolean> {
  if (!assertion) return true;
  const [row] = await database.query<{ is_new: boolean }>(
    `with ${spendsAssertion} select ${isAssertionNew} as is_new`,
    assertionParameters(clientId, assertion),
  );
  return row?.is_new ?? false;
}
