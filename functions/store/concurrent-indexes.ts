/**
 * Indexes on tables that are large and in use. CREATE INDEX keeps every writer out until it is done, and a call to the
 * Data API has 45 seconds; so each is made CONCURRENTLY, by a statement that goes on after the call. A partitioned table
 * takes no such statement: its index is made empty, then one on each partition, and each of these is attached.
 *
 * What became of a statement is read from the catalogue, never from the answer: a call times out while the index is being
 * built, or reports an error though the index is there (https://github.com/psd401/aistudio/issues/565). So it can be run
 * again after any interruption: an index that is there stays, one that is being built is waited for, and an INVALID one,
 * which a build that was cut leaves behind, is dropped and made again.
 *
 * Sources: https://www.postgresql.org/docs/18/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY,
 * https://www.postgresql.org/docs/18/ddl-partitioning.html,
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-timeouts.html
 */
import type { TransactionalDatabase } from './database.ts';
import { type Patience, withoutQueueing } from './short-locks.ts';

/** `create [unique] index NAME on TABLE …`, in this order and without a schema. */
const FORM = /^create\s+(unique\s+)?index\s+(\w+)\s+on\s+(\w+)\s*((?:using\s|\().*)$/is;

/** A build that failed is tried once more: a deadlock, a failover. */
const TRIES = 2;

/** @throws Error for another statement; when a build fails; when time is over before one has ended, which goes on */
export async function makeConcurrently(
  database: TransactionalDatabase,
  statement: string,
  patience: Patience,
): Promise<void> {
  const [, unique = '', name, table, columns] = FORM.exec(statement) ?? [];
  if (!name || !table || !columns) {
    throw new Error(`only create index NAME on TABLE … can be run concurrently: ${statement.slice(0, 80)}`);
  }
  const build = (index: string, on: string) => `create ${unique}index concurrently ${index} on ${on} ${columns}`;
  if (!(await isPartitioned(database, table))) {
    await ensure(database, { index: name, table, build: build(name, table) }, patience);
    return;
  }
  if ((await stateOf(database, name, table)) === 'missing') {
    await withoutQueueing(database, patience, (transaction) =>
      transaction.query(`create ${unique}index if not exists ${name} on only ${table} ${columns}`),
    );
  }
  for (const partition of await withoutIndex(database, name, table)) {
    const index = `${partition}_${name.replace(`${table}_`, '')}`;
    await ensure(database, { index, table: partition, build: build(index, partition) }, patience);
    await withoutQueueing(database, patience, (transaction) =>
      transaction.query(`alter index ${name} attach partition ${index}`),
    );
  }
}

async function isPartitioned(database: TransactionalDatabase, table: string): Promise<boolean> {
  const [row] = await database.query<{ kind: string }>(
    'select relkind::text as kind from pg_class where oid = to_regclass(:table)',
    { table },
  );
  if (!row) throw new Error(`there is no table ${table}`);
  return row.kind === 'p';
}

/** Partitions in which the partitioned index has no part. One that was made meanwhile has it from the start. */
async function withoutIndex(database: TransactionalDatabase, index: string, table: string): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `
    select leaf.relid::text as name
    from pg_partition_tree(to_regclass(:table)) as leaf
    where
      leaf.isleaf
      and not exists (
        select
        from pg_inherits part
        join pg_index i on i.indexrelid = part.inhrelid
        where part.inhparent = to_regclass(:index) and i.indrelid = leaf.relid
      )
    order by 1`,
    { table, index },
  );
  return rows.map(({ name }) => name);
}

interface Wanted {
  readonly index: string;
  readonly table: string;
  /** The statement that makes it. */
  readonly build: string;
}

async function ensure(database: TransactionalDatabase, wanted: Wanted, patience: Patience): Promise<void> {
  const { index, table, build } = wanted;
  let fault: Error | null = null;
  for (let tries = 0; ; ) {
    const state = await stateOf(database, index, table);
    if (state === 'valid') return;
    if (!patience.hasTime()) throw new Error(`${index} is not there yet (${state}): deploy again`, { cause: fault });
    if (state === 'building') {
      await patience.pause();
    } else if (state === 'invalid') {
      await database.start(`drop index concurrently if exists ${index}`);
    } else if (tries === TRIES) {
      throw fault ?? new Error(`${index} was made, and is gone`);
    } else {
      tries += 1;
      fault = await database.start(build);
    }
  }
}

type State = 'missing' | 'building' | 'invalid' | 'valid';

/** While any index of the table is being built, ours may be, and no other could be. */
async function stateOf(database: TransactionalDatabase, index: string, table: string): Promise<State> {
  const [row] = await database.query<{ state: State }>(
    `
    select
      case
        when i.indisvalid then 'valid'
        when exists (
          select
          from pg_stat_progress_create_index
          where datname = current_database() and relid = to_regclass(:table)
        ) then 'building'
        when i.indexrelid is null then 'missing'
        else 'invalid'
      end as state
    from (select) as nothing
    left join pg_index i on i.indexrelid = to_regclass(:index) and i.indrelid = to_regclass(:table)`,
    { index, table },
  );
  return row?.state ?? 'missing';
}
