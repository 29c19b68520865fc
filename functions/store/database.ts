/** The database as the store sees it; what is behind it is handed in (aws/data-api.ts). */

/** Dates become RFC 3339, other objects JSON; the statement casts each to what it needs (`:now::timestamptz`). */
export type Parameter = string | number | boolean | null | undefined | Uint8Array | Date | readonly unknown[] | object;
export type Parameters = Readonly<Record<string, Parameter>>;

export interface Database {
  /**
   * Runs one statement.
   * @returns its rows, keyed by column name; times as the text the statement makes of them
   * @throws Problem SERVICE_UNAVAILABLE when the database does not answer within the request's time
   */
  query<Row>(sql: string, parameters?: Parameters): Promise<Row[]>;
}

/** A database role's name and password. */
export interface DatabaseLogin {
  readonly username: string;
  readonly password: string;
}

/** Runs several statements as one: for the migrating job only, never on a request's path. */
export interface TransactionalDatabase extends Database {
  transaction<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /**
   * Starts a statement that may take longer than a call, outside a transaction. It goes on after the call has timed out,
   * so only the catalogue tells what became of it.
   * @returns the call's error, which may be wrong; null without one
   */
  start(sql: string): Promise<Error | null>;
}
