/** Connections to databases: a pool for each role and database, so that rights are PostgreSQL's own. */
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
  /** @throws when there is no such secret, or no right to read it */
  readonly resolveSecret: (secretArn: string) => Promise<Credentials>;
  /** Of each role in each database. */
  readonly maxConnections: number;
}

export interface Database {
  readonly name: string;
  readonly catalogue: ColumnCatalogue;
  /** @throws AwsError DatabaseUnavailableException, or PostgreSQL's refusal */
  connect(): Promise<pg.PoolClient>;
}

/** Whatever the machine, the roles and the databases are set to: the forms that results are read in. */
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
    // A connection that breaks is told by the call that uses it; as an event without listener it ends the process.
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
    /** After a change of the schema: what is remembered of types and columns may be wrong. */
    forgetColumns(): void {
      for (const { catalogue } of databases.values()) catalogue.forget();
    },
    async close(): Promise<void> {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

export type Databases = ReturnType<typeof createDatabases>;
