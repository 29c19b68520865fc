/** The database as its operator sees it: what is applied, how full, how well kept. The statistics are PostgreSQL's own. */
import type { Client, RegisteredClient } from '../domain/client.ts';
import type { Database } from './database.ts';
import { clientColumns } from './find-clients.ts';

export interface Applied {
  readonly name: string;
  readonly checksum: string;
  /** RFC 3339. */
  readonly applied_at: string;
}

/** In the order of their names. */
export const appliedMigrations = (database: Database): Promise<Applied[]> =>
  database.query(`
    select name, checksum, to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as applied_at
    from schema_migrations
    order by name`);

export interface Ahead {
  readonly parent: string;
  /** Until when it has partitions, milliseconds since 1970; null without one. */
  readonly until: number | null;
  /** Rows that no partition was made for, a thousand at most. */
  readonly strays: number;
}

/** The end of a partition is an id, whose first 48 bits are its time (migrations/0018). */
export const partitionsAhead = (database: Database): Promise<Ahead[]> =>
  database.query(`
    select
      p.relname as parent,
      max(('x' || left(replace(b.upper, '-', ''), 12))::bit(48)::bigint) as until,
      count_strays(p.relname) as strays
    from pg_class p
    join pg_inherits i on i.inhparent = p.oid
    join pg_class c on c.oid = i.inhrelid
    cross join lateral substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''([0-9a-f-]{36})''\\)') as b (upper)
    where p.relname in ('event_outbox', 'audit_log') and p.relnamespace = 'public'::regnamespace
    group by p.relname
    order by p.relname`);

export interface IndexUse {
  readonly name: string;
  readonly scans: number;
  readonly bytes: number;
  /** It keeps rows apart, so it is of use even if no statement reads it. */
  readonly is_unique: boolean;
  /** Not INVALID, as an index is whose building was broken off. */
  readonly is_valid: boolean;
}

/** Each index with its parts in all partitions. */
export const indexUse = (database: Database): Promise<IndexUse[]> =>
  database.query(`
    select
      c.relname as name,
      sum(s.idx_scan)::bigint as scans,
      sum(pg_relation_size(s.indexrelid))::bigint as bytes,
      bool_or(i.indisunique) as is_unique,
      bool_and(i.indisvalid) as is_valid
    from pg_stat_user_indexes s
    join pg_index i on i.indexrelid = s.indexrelid
    join pg_class c on c.oid = coalesce(pg_partition_root(s.indexrelid), s.indexrelid)
    where s.schemaname = 'public'
    group by c.relname
    order by c.relname`);

export interface TableState {
  readonly name: string;
  readonly live: number;
  readonly dead: number;
  /** Milliseconds since 1970; null if never. */
  readonly vacuumed_at: number | null;
}

export const tableStates = (database: Database): Promise<TableState[]> =>
  database.query(`
    select
      relname as name,
      n_live_tup as live,
      n_dead_tup as dead,
      (extract(epoch from greatest(last_vacuum, last_autovacuum)) * 1000)::bigint as vacuumed_at
    from pg_stat_user_tables
    where schemaname = 'public'
    order by n_dead_tup desc`);

export interface DatabaseAge {
  /** Transactions since the oldest row that is not frozen: PostgreSQL stops writing near 2 billion. */
  readonly transactions: number;
  /** Since when statistics are counted, milliseconds since 1970; null since the database was made. */
  readonly counted_since: number | null;
  /** PostgreSQL's version: `18.4`. */
  readonly version: string;
}

export async function databaseAge(database: Database): Promise<DatabaseAge> {
  const [age] = await database.query<DatabaseAge>(`
    select
      age(d.datfrozenxid) as transactions,
      (extract(epoch from s.stats_reset) * 1000)::bigint as counted_since,
      current_setting('server_version') as version
    from pg_database d
    join pg_stat_database s on s.datid = d.oid
    where d.datname = current_database()`);
  if (!age) throw new Error('the database has no statistics');
  return age;
}

/** @returns addresses that get no mail since a time, ten thousand at most */
export async function suppressedSince(database: Database, since: Date): Promise<number> {
  const [row] = await database.query<{ addresses: number }>(
    `
    select count(*) as addresses
    from (select from suppressed_addresses where suppressed_at > :since::timestamptz limit 10000) as lately`,
    { since },
  );
  return row?.addresses ?? 0;
}

export interface ClientState extends Pick<Client, 'client_id' | 'kind'> {
  readonly jwks_uri: string | null;
  /** A redirect URI begins with `http:`. */
  readonly is_plain: boolean;
  /** It gets ID tokens, and another client gets access tokens that are meant for it. */
  readonly is_audience: boolean;
  /** Whether a session of it is kept; null where nobody signs in. */
  readonly is_used: boolean | null;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  /** When its newest secret was made, if one before it still counts. */
  readonly rotated_at: number | null;
}

/** A thousand at most. */
export const clientStates = (database: Database): Promise<ClientState[]> =>
  database.query(`
    select
      c.client_id,
      c.kind,
      c.jwks_uri,
      exists (select from unnest(c.redirect_uris) as uri where uri like 'http:%') as is_plain,
      'openid' = any (c.scopes) and exists (
        select from clients other where other.client_id <> c.client_id and c.client_id = any (other.audiences)
      ) as is_audience,
      case
        when 'authorization_code' = any (c.grants)
          then exists (select from sessions s where s.client_id = c.client_id)
      end as is_used,
      (extract(epoch from c.created_at) * 1000)::bigint as created_at,
      (
        select (extract(epoch from max(s.created_at)) * 1000)::bigint
        from client_secrets s
        where s.client_id = c.client_id
        having count(*) > 1
      ) as rotated_at
    from clients c
    order by c.client_id
    limit 1000`);

/** The clients of the settings, as they are stored. */
export async function settingsClients(database: Database): Promise<Omit<RegisteredClient, 'secrets'>[]> {
  const rows = await database.query<Omit<RegisteredClient, 'secrets' | 'jwks'> & { readonly jwks: string | null }>(
    `select ${clientColumns('c')}, c.jwks, c.jwks_uri from clients c where c.source = 'settings' order by c.client_id`,
  );
  return rows.map((row) => ({ ...row, jwks: JSON.parse(row.jwks ?? 'null') }));
}
