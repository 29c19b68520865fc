/** Forward-only migrations: each file once, in a transaction of its own, remembered with its checksum. */

import { makeConcurrently } from './concurrent-indexes.ts';
import type { Database, DatabaseLogin, TransactionalDatabase } from './database.ts';
import { type Patience, withoutQueueing } from './short-locks.ts';
import { splitStatements } from './split-statements.ts';
import { withoutComments } from './sql-text.ts';

export interface Migration {
  /** `migrations/0001_accounts.sql` without its folder: the order is that of the names. */
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Any number that nobody else locks: 'identity' in hexadecimal. */
const LOCK = 0x6964_656e;

/** On the first line of a file whose indexes are made beside a service that runs (concurrent-indexes.ts). */
const CONCURRENTLY = /^-- migrate: concurrently\b/;

/** One pause, milliseconds: a third of it at least. */
const PAUSE = 1_500;

/** Waits as often as need be, until the time is over. */
export const patientUntil = (hasTime: Patience['hasTime'], passes: Patience['passes']): Patience => ({
  hasTime,
  passes,
  pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE / 3 + (Math.random() * PAUSE * 2) / 3)),
});

/**
 * @param patience how long it may wait for those who are at work on a table, and for indexes that are being built
 * @returns the names of those applied now
 * @throws Error when a file was changed after it was applied, or when a statement fails: its file leaves no trace, except
 * indexes that are made concurrently, which the next try finds
 */
export async function applyMigrations(
  database: TransactionalDatabase,
  migrations: readonly Migration[],
  patience: Patience,
): Promise<string[]> {
  const before = await withoutQueueing(database, patience, appliedBefore);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (isKnown(before, migration)) continue;
    const apply = CONCURRENTLY.test(migration.sql) ? applyConcurrently : applyAtOnce;
    if (await apply(database, migration, patience)) applied.push(migration.name);
  }
  return applied;
}

const applyAtOnce = (database: TransactionalDatabase, migration: Migration, patience: Patience): Promise<boolean> =>
  withoutQueueing(database, patience, async (transaction) => {
    if (await isApplied(transaction, migration)) return false;
    for (const statement of splitStatements(migration.sql)) await transaction.query(statement);
    await note(transaction, migration);
    return true;
  });

/** Not one transaction, since each statement is many: two jobs at once may share the work, and one of them notes it. */
async function applyConcurrently(
  database: TransactionalDatabase,
  migration: Migration,
  patience: Patience,
): Promise<boolean> {
  if (await withoutQueueing(database, patience, (transaction) => isApplied(transaction, migration))) return false;
  for (const statement of splitStatements(migration.sql)) {
    await makeConcurrently(database, withoutComments(statement).trim(), patience);
  }
  return withoutQueueing(database, patience, async (transaction) => {
    if (await isApplied(transaction, migration)) return false;
    await note(transaction, migration);
    return true;
  });
}

/** Keeps other migrating jobs waiting until the end of the transaction; they then find it applied. */
async function isApplied(transaction: Database, migration: Migration): Promise<boolean> {
  return isKnown(await appliedBefore(transaction), migration);
}

/** The checksum of each that is applied, by its name; none is applied elsewhere until the end of the transaction. */
async function appliedBefore(transaction: Database): Promise<ReadonlyMap<string, string>> {
  await transaction.query('select pg_advisory_xact_lock(:lock)::text', { lock: LOCK });
  await transaction.query(`
    create table if not exists schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  const known = await transaction.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations',
  );
  return new Map(known.map(({ name, checksum }) => [name, checksum]));
}

/** @throws Error when it was changed after it was applied */
function isKnown(applied: ReadonlyMap<string, string>, { name, checksum }: Migration): boolean {
  const known = applied.get(name);
  if (known !== undefined && known !== checksum) throw new Error(`migration ${name} was changed after it was applied`);
  return known !== undefined;
}

async function note(transaction: Database, { name, checksum }: Migration): Promise<void> {
  const sql = 'insert into schema_migrations (name, checksum) values (:name, :checksum)';
  await transaction.query(sql, { name, checksum });
}

/** Makes the role that the functions log in with, or gives it the secret's present password. */
export async function grantLogin(
  database: TransactionalDatabase,
  { username, password }: DatabaseLogin,
  patience: Patience,
): Promise<void> {
  await withoutQueueing(database, patience, async (transaction) => {
    await transaction.query('select pg_advisory_xact_lock(:lock)::text', { lock: LOCK });
    const [statements] = await transaction.query<{ make: string | null; alter: string; allow: string }>(
      // Utility statements take no parameters, so the database itself quotes what is to stand in them.
      `
      select
        case when not exists (select from pg_roles where rolname = :username)
          then format('create role %I', :username)
        end as make,
        format('alter role %I login password %L', :username, :password) as alter,
        format('grant identity_application to %I', :username) as allow`,
      { username, password },
    );
    for (const sql of [statements?.make, statements?.alter, statements?.allow]) if (sql) await transaction.query(sql);
    // For `npm run doctor`, which looks with the functions' login. The table is no migration's, so none can grant this.
    await transaction.query('grant select on schema_migrations to identity_application');
  });
}
