/** What keys of factors are still needed for, and sealing rows again: for the operator's command alone (lib/operator). */
import type { FactorId, UserId } from '../domain/ids.ts';
import type { Database } from './database.ts';

/** Rows a statement; each has two secrets of 57 bytes at most. */
const MOST = 500;

export interface SealedFactor {
  readonly factor_id: FactorId;
  readonly user_id: UserId;
  readonly secret: Uint8Array | null;
  readonly new_secret: Uint8Array | null;
}

/** True of a row `f` with a secret that one version of the key sealed: what each begins with is `:head`. */
const isOfVersion = `(
  substring(f.secret from 1 for length(:head::bytea)) = :head::bytea
  or substring(f.new_secret from 1 for length(:head::bytea)) = :head::bytea
)`;

export async function countSealed(database: Database, head: Uint8Array): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `select count(*) as n from factors f where f.kind = 'totp' and ${isOfVersion}`,
    { head },
  );
  return row?.n ?? 0;
}

/** @returns the next of those that this version sealed, in the order of their ids */
export const findSealed = (database: Database, head: Uint8Array): Promise<SealedFactor[]> =>
  database.query<SealedFactor>(
    `
    select f.factor_id, f.user_id, f.secret, f.new_secret
    from factors f
    where f.kind = 'totp' and ${isOfVersion}
    order by f.factor_id
    limit ${MOST}`,
    { head },
  );

export interface Resealed extends SealedFactor {
  /** As they were read. */
  readonly before: Pick<SealedFactor, 'secret' | 'new_secret'>;
}

/** What its owner has changed since it was read stays as it is: the next look finds it, if it has to. */
export async function reseal(database: Database, factors: readonly Resealed[]): Promise<void> {
  const hex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('hex');
  await database.query(
    `
    update factors f
    set secret = decode(given.secret, 'hex'), new_secret = decode(given.new_secret, 'hex')
    from jsonb_to_recordset(:factors::jsonb) as given (
      factor_id uuid, secret text, new_secret text, old_secret text, old_new_secret text
    )
    where
      f.factor_id = given.factor_id
      and f.secret is not distinct from decode(given.old_secret, 'hex')
      and f.new_secret is not distinct from decode(given.old_new_secret, 'hex')`,
    {
      factors: factors.map(({ factor_id, secret, new_secret, before }) => ({
        factor_id,
        secret: hex(secret),
        new_secret: hex(new_secret),
        old_secret: hex(before.secret),
        old_new_secret: hex(before.new_secret),
      })),
    },
  );
}

/** @returns how many people have recovery codes that were made before this time */
export async function countCodesBefore(database: Database, time: Date): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `
    select count(*) as n
    from factors
    where kind = 'recovery' and code_hashes <> '{}' and created_at < :time::timestamptz`,
    { time },
  );
  return row?.n ?? 0;
}
