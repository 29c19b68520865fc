/**
 * What counts once: assertions of clients (RFC 7523 §3, S77), challenges, tokens between two factors (S83). The statement
 * that does what was asked for spends it, too.
 */
import type { OneUse } from '../domain/one-use.ts';
import type { Database } from './database.ts';

/**
 * The CTEs `spent`, which has a row unless it came before, and `right_tries`. A row with this attempt's id is of this statement's earlier try,
 * whose answer was lost.
 */
export const spends = `
  spent as (
    insert into used_once as used (purpose, id_hash, expires_at, attempt_id)
    select :once_purpose, :once_hash::bytea, :once_end::timestamptz, :once_attempt::uuid
    where :once_hash::bytea is not null
    on conflict (purpose, id_hash) do update
    set attempt_id = excluded.attempt_id
    where used.attempt_id = excluded.attempt_id
    returning 1
  ),
  -- Guesses are counted before they are compared, a day's too: whoever is right many times a day is not kept out by that.
  right_tries as (
    update rate_limits r
    set admitted = array_remove(r.admitted, tried.at)
    from jsonb_to_recordset(:once_tries::jsonb) as tried (key text, at timestamptz), spent
    where
      r.key = decode(tried.key, 'hex')
      and r.window_start = '-infinity'
      -- A time that stands for many tries, of a limit of thousands, stays.
      and r.slot = 1
  )`;

/** True where there was nothing to spend, or it came for the first time. What is asked for is done only then. */
export const isUnspent = '(:once_hash::bytea is null or exists (select from spent))';

export const onceParameters = (use: OneUse | null) => ({
  once_purpose: use?.purpose ?? null,
  once_hash: use?.hash ?? null,
  once_end: use?.expiresAt ?? null,
  once_attempt: use?.attemptId ?? null,
  once_tries: use?.tries ?? [],
});

/** Where no statement runs that could. @returns false for what came before */
export async function spend(database: Database, use: OneUse | null): Promise<boolean> {
  if (!use) return true;
  const [row] = await database.query<{ is_new: boolean }>(
    `with ${spends} select ${isUnspent} as is_new`,
    onceParameters(use),
  );
  return row?.is_new ?? false;
}
