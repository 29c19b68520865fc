/** The stage's database: the host's own cluster, or, in tests, a database in a shared cluster. */
import pg from 'pg';
import { createDatabase, type Postgres, startPostgres } from './postgres.ts';
import type { DatabaseRole } from './stage-secrets.ts';

export interface SharedDatabase {
  readonly postgres: Postgres;
  readonly name: string;
  /** Owns the database. */
  readonly owner: DatabaseRole;
}

export interface StageDatabase {
  readonly postgres: Postgres;
  readonly name: string;
  /** Connects as the owner of the schema. */
  readonly connectionString: string;
  /** Stops the cluster if it is the host's own. */
  stop(): Promise<void>;
}

export interface OpenOptions {
  readonly owner: DatabaseRole;
  /** Begins with an empty cluster. */
  readonly fresh: boolean;
  /** Called when PostgreSQL ends by itself. */
  readonly onExit: (error: Error) => void;
}

const NAME = 'identity';

/** @throws Error of one line when PostgreSQL does not start */
export async function openStageDatabase(
  where: SharedDatabase | { readonly directory: string },
  { owner, fresh, onExit }: OpenOptions,
): Promise<StageDatabase> {
  if ('postgres' in where) {
    const { postgres, name } = where;
    return { postgres, name, connectionString: connectionString(postgres, owner, name), stop: async () => {} };
  }
  const postgres = await startPostgres({ directory: where.directory, fresh });
  postgres.onExit(onExit);
  try {
    await ensureOwner(postgres, owner);
    await ensureDatabase(postgres, owner.username);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  const { stop } = postgres;
  return { postgres, name: NAME, connectionString: connectionString(postgres, owner, NAME), stop };
}

/** Like Aurora's master user: it may make roles but is no superuser. Its password becomes the one in the secret. */
export async function ensureOwner(postgres: Postgres, { username, password }: DatabaseRole): Promise<void> {
  const [role, secret] = [pg.escapeIdentifier(username), pg.escapeLiteral(password)];
  await asSuperuser(postgres, async (client) => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [username]);
    if (!rowCount) await client.query(`create role ${role}`);
    await client.query(`alter role ${role} login createrole password ${secret}`);
  });
}

async function ensureDatabase(postgres: Postgres, owner: string): Promise<void> {
  const exists = await asSuperuser(postgres, (client) =>
    client.query('select from pg_database where datname = $1', [NAME]),
  );
  if (!exists.rowCount) await createDatabase(postgres, NAME, { owner });
}

async function asSuperuser<T>(
  { host, port, superuser }: Postgres,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ host, port, ...superuser, database: 'postgres' });
  // If the server crashes at this moment, the query and onExit report it.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const connectionString = ({ host, port }: Postgres, { username, password }: DatabaseRole, name: string) =>
  `postgres://${username}:${password}@${host}:${port}/${name}`;
