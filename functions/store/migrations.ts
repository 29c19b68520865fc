/** Forward-only migrations: each file once, in a transaction of its own, remembered with its checksum. */

import type { Database, DatabaseLogin, TransactionalDatabase } from './database.ts';
import { splitStatements } from './split-statements.ts';

export interface Migration {
  /** `migrations/0001_accounts.sql` without its folder: the order is that of the names. */
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Any number that nobody else locks: 'identity' in hexadecimal. */
const LOCK = 0x6964_656e;

/**
 * @returns the names of those applied now
 * @throws Error when a file was changed after it was applied, or when a statement fails: its file leaves no trace
 */
export async function applyMigrations(
  database: TransactionalDatabase,
  migrations: readonly Migration[],
): Promise<string[]> {
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await database.transaction((transaction) => applyOnce(transaction, migration))) applied.push(migration.name);
  }
  return applied;
}

async function applyOnce(database: Database, { name, sql, checksum }: Migration): Promise<boolean> {
  // Until the end of the transaction: who comes at the same time waits, and then finds it applied.
  await database.query('select pg_advisory_xact_lock(:lock)::text', { lock: LOCK });
  await database.query(`
    create table if not exists schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  const [known] = await database.query<{ checksum: string }>(
    'select checksum from schema_migrations where name = :name',
    { name },
  );
  if (known && known.checksum !== checksum) throw new Error(`migration ${name} was changed after it was applied`);
  if (known) return false;
  for (const statement of splitStatements(sql)) await database.query(statement);
  await database.query('insert into schema_migrations (name, checksum) values (:name, :checksum)', { name, checksum });
  return true;
}

/** Makes the role that the functions log in with, or gives it the secret's present password. */
export async function grantLogin(
  database: TransactionalDatabase,
  { username, password }: DatabaseLogin,
): Promise<void> {
  await database.transaction(async (transaction) => {
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
  });
}
