/** Connections to databases: a pool for each role and database, so that PostgreSQL itself checks rights. */
import pg from 'pg';
import { type ColumnCatalogue, createColumnCatalogue } from './rds-data-columns.ts';
import { connectionError } from './rds-data-errors.ts';
import { AwsError } from './service.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface DatabasesOptions {
  readonly postgres: { readonly host: string; readonly port: number };
  /** @throws when the secret does not exist or may not be read */
  readonly resolveSecret: (secretArn: string) => Promise<Credentials>;
  /** For each role in each database. */
  readonly maxConnections: number;
}

export interface Database {
  readonly name: string;
  readonly catalogue: ColumnCatalogue;
  /** @throws AwsError DatabaseUnavailableException, or PostgreSQL's refusal */
  connect(): Promise<pg.PoolClient>;
}

/** The formats in which results are read, whatever the settings of the machine, the roles and the databases. */
const SESSION = '-c timezone=UTC -c datestyle=ISO -c bytea_output=hex -c extra_float_digits=1';

export function createDatabases({ postgres, resolveSecret, maxConnections }: DatabasesOptions) {
  const databases = new Map<string, Database>();
  const pools: pg.Pool[] = [];

  async function credentialsIn(secretArn: string): Promise<Credentials> {
    const credentials = await resolveSecret(secretArn).catch((error: Error) => {
      throw new AwsError('SecretsErrorException', `Error fetching secret ${secretArn} : ${error.message}`);
    });
    const { username, password } = credentials ?? {};
    if (typeof username === 'string' && typeof password === 'string') return { username, password };
    throw new AwsError('InvalidSecretException', `The secret ${secretArn} has no username and password`);
  }

  function open(name: string, { username, password }: Credentials): Database {
    const pool = new pg.Pool({
      ...postgres,
      user: username,
      password,
      database: name,
      options: SESSION,
      max: maxConnections,
      connectionTimeoutMillis: 45_000,
      idleTimeoutMillis: 60_000,
      allowExitOnIdle: true,
      application_name: 'rds-data-api',
    });
    // The call that uses a broken connection reports it; an error event without a listener would end the process.
    pool.on('error', () => {});
    pool.on('connect', (client) => client.on('error', () => {}));
    pools.push(pool);
    return {
      name,
      catalogue: createColumnCatalogue(),
      connect: () =>
        pool.connect().catch((error: unknown) => {
          throw connectionError(error);
        }),
    };
  }

  return {
    /** @throws AwsError SecretsErrorException, InvalidSecretException */
    async find(secretArn: string, name: string): Promise<Database> {
      const credentials = await credentialsIn(secretArn);
      const key = JSON.stringify([name, credentials.username, credentials.password]);
      const database = databases.get(key) ?? open(name, credentials);
      databases.set(key, database);
      return database;
    },
    /** Call it after a change of the schema: remembered types and columns may be wrong. */
    forgetColumns(): void {
      for (const { catalogue } of databases.values()) catalogue.forget();
    },
    async close(): Promise<void> {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

export type Databases = ReturnType<typeof createDatabases>;
