/**
 * What counts once: assertions of clients (RFC 7523 §3, S77), DPoP proofs (RFC 9449 §11.1, S80), challenges, tokens between
 * two factors (S83). The statement that does what was asked for spends it, too.
 */
import type { OneUse } from '../domain/one-use.ts';
import type { Database } from './database.ts';

/**
 * The CTEs `spent`, which has the purposes of those that did not come before, and `right_tries`. A row with this attempt's id
 * is of this statement's earlier try, whose answer was lost.
 */
export const spends = `
  to_spend as (
    select *
    from jsonb_to_recordset(:once::jsonb) as once (purpose text, hash text, ends_at timestamptz, attempt_id uuid)
  ),
  spent as (
    insert into used_once as used (purpose, id_hash, expires_at, attempt_id)
    select purpose, decode(hash, 'hex'), ends_at, attempt_id
    from to_spend
    order by purpose, hash
    on conflict (purpose, id_hash) do update
    set attempt_id = excluded.attempt_id
    where used.attempt_id = excluded.attempt_id
    returning used.purpose
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

/** True where there was nothing to spend, or all came for the first time. What is asked for is done only then. */
export const isUnspent = '((select count(*) from spent) = jsonb_array_length(:once::jsonb))';

/** What a client is told that shows something for the second time. */
export const spentVerdict = `
  case when exists (select from to_spend where purpose = 'dpop-proof' and purpose not in (select purpose from spent))
    then 'proof_used'
    else 'assertion_used'
  end`;
export type SpentVerdict = 'proof_used' | 'assertion_used';

/** @param uses of different purposes */
export const onceParameters = (...uses: readonly (OneUse | null)[]) => {
  const once = uses.filter((use) => use !== null);
  return {
    once: once.map(({ purpose, hash, expiresAt, attemptId }) => ({
      purpose,
      hash: Buffer.from(hash).toString('hex'),
      ends_at: expiresAt,
      attempt_id: attemptId,
    })),
    once_tries: once.flatMap(({ tries = [] }) => tries),
  };
};

/** Where no statement runs that could. @returns false where one came before */
export const spend = async (database: Database, ...uses: readonly (OneUse | null)[]): Promise<boolean> =>
  (await spendEach(database, uses)) === null;

/** As {@link spend}. @returns what came before, as clients are told; null for nothing */
export async function spendEach(database: Database, uses: readonly (OneUse | null)[]): Promise<SpentVerdict | null> {
  if (uses.every((use) => use === null)) return null;
  const [row] = await database.query<{ verdict: SpentVerdict | null }>(
    `with ${spends} select case when not ${isUnspent} then ${spentVerdict} end as verdict`,
    onceParameters(...uses),
  );
  if (!row) throw new Error('a statement without a row');
  return row.verdict;
}
