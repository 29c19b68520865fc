/** What is in the database: migrations, partitions, indexes, dead rows. Asked with the functions' login. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Ahead,
  type Applied,
  appliedMigrations,
  type DatabaseAge,
  databaseAge,
  type IndexUse,
  indexUse,
  partitionsAhead,
  type TableState,
  tableStates,
} from '../../../functions/store/condition.ts';
import { repoRoot } from '../../build/folders.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import { type Look, Refused } from './look.ts';
import { count, DAY, day, listed, span } from './words.ts';

/** @returns null when it does not answer in time */
const readAnswer = ({ sql }: Look): Promise<DatabaseAge | null> =>
  sql(databaseAge).catch((error: unknown) => {
    const { code } = ((error instanceof Refused && error.cause) || {}) as { code?: unknown };
    if (code === 'SERVICE_UNAVAILABLE') return null;
    throw error;
  });

export function judgeAnswer(answer: DatabaseAge | null, { settings }: Judged): Verdict {
  if (answer) return ok(`PostgreSQL ${answer.version} answers`);
  const seen = 'The database does not answer within ten seconds';
  const mend = `${readme('Alarms')}, database-unavailable`;
  if (settings.deployment.database.minCapacity === 0)
    return warning(seen, 'It was paused, perhaps, and resumes.', `Look again in half a minute; ${mend}`);
  return fault(seen, 'Whatever needs it answers 503.', mend);
}

async function readApplied({ sql }: Look): Promise<Applied[]> {
  try {
    return await sql(appliedMigrations);
  } catch (error) {
    const isDenied = error instanceof Refused && /permission denied for table schema_migrations/.test(error.message);
    throw isDenied ? new Error('the functions’ login may read that from the next deployment on') : error;
  }
}

/** As functions/jobs/migrate.ts has them. */
export function ownMigrations(): Pick<Applied, 'name' | 'checksum'>[] {
  const directory = join(repoRoot, 'migrations');
  const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => ({
    name,
    checksum: createHash('sha256')
      .update(readFileSync(join(directory, name)))
      .digest('hex'),
  }));
}

export function judgeMigrations(
  applied: readonly Applied[],
  { command }: Judged,
  own: readonly Pick<Applied, 'name' | 'checksum'>[] = ownMigrations(),
): Verdict {
  const there = new Map(applied.map(({ name, checksum }) => [name, checksum]));
  const missing = own.filter(({ name }) => !there.has(name)).map(({ name }) => name);
  const changed = own
    .filter(({ name, checksum }) => (there.get(name) ?? checksum) !== checksum)
    .map(({ name }) => name);
  const newer = [...there.keys()].filter((name) => !own.some((one) => one.name === name));
  if (changed.length > 0)
    return fault(
      `Changed since they were applied: ${listed(changed)}`,
      'The next deployment fails.',
      'Take the change back (git log migrations), and put it into a migration of its own',
    );
  if (missing.length > 0)
    return warning(`Not applied yet: ${listed(missing)}`, 'This checkout is newer than the stage.', command('deploy'));
  if (newer.length > 0)
    return warning(
      `Applied, and not in this checkout: ${listed(newer)}`,
      'The stage was deployed from another version.',
      'git checkout the version that serves',
    );
  return ok(`All ${count(own.length, 'migration')} of this checkout are applied`);
}

const readPartitions = ({ sql }: Look) => sql(partitionsAhead);

export function judgePartitions(found: readonly Ahead[], { now }: Judged): Verdict {
  const soonest = Math.min(
    ...['event_outbox', 'audit_log'].map((name) => found.find(({ parent }) => parent === name)?.until ?? 0),
  );
  const left = soonest - now.getTime();
  const means = 'Rows without a partition go to the default one, and are removed row by row.';
  const mend = `Read the log of the sweep, which makes them; ${readme('Partitions')}`;
  if (left <= 0) return fault('The partition of now is missing', means, mend);
  const seen = `Partitions are made until ${day(new Date(soonest))}`;
  // The sweep keeps one ahead, of at least 14 days.
  if (left < 13 * DAY) return warning(seen, 'The sweep should have made the next by now.', mend);
  return ok(seen);
}

export function judgeStrays(found: readonly Ahead[]): Verdict {
  const strays = found.filter(({ strays }) => strays > 0);
  if (strays.length === 0) return ok('No row is outside its partition');
  const most = (many: number) => (many >= 1_000 ? 'a thousand or more' : String(many));
  return warning(
    `Rows outside their partitions: ${strays.map(({ parent, strays: many }) => `${parent} ${most(many)}`).join(', ')}`,
    'A partition was missing when they were written, or a clock is wrong.',
    readme('Partitions'),
  );
}

const readIndexes = async ({ sql }: Look) => ({
  indexes: await sql(indexUse),
  age: await sql(databaseAge),
  applied: await sql(appliedMigrations).catch(() => []),
});

type Indexes = {
  readonly indexes: readonly IndexUse[];
  readonly age: DatabaseAge;
  readonly applied: readonly Applied[];
};

export function judgeValidity({ indexes }: Pick<Indexes, 'indexes'>): Verdict {
  const invalid = indexes.filter(({ is_valid }) => !is_valid).map(({ name }) => name);
  if (invalid.length === 0) return ok(`All ${count(indexes.length, 'index', 'indexes')} are valid`);
  return warning(
    `INVALID indexes: ${listed(invalid)}`,
    'Statements do not use them, and every write pays for them.',
    'Deploy again: the migrating job builds them anew (CONTRIBUTING, "A table")',
  );
}

/** Before that, what happens once a month has not happened yet. */
const LONG_ENOUGH = 30 * DAY;
/** Bytes: a smaller one costs nothing worth a thought. */
const LARGE = 8 * 1024 * 1024;

export function judgeUnused({ indexes, age, applied }: Indexes, { now }: Judged): Verdict {
  // Until they are reset, statistics count from when the database was made.
  const [{ applied_at } = { applied_at: now.toISOString() }] = applied;
  const counted = now.getTime() - (age.counted_since ?? Date.parse(applied_at));
  const unused = indexes.filter(({ scans, is_unique }) => scans === 0 && !is_unique);
  const names = unused.filter(({ bytes }) => bytes >= LARGE).map(({ name }) => name);
  if (counted < LONG_ENOUGH)
    return ok(
      `Unused indexes: ${unused.length} of ${indexes.length}, counted for ${span(counted)} only (30 days tell)`,
    );
  if (names.length === 0)
    return ok(
      `No large index is unused for ${span(counted)}${unused.length > 0 ? `, ${unused.length} small ones` : ''}`,
    );
  return warning(
    `Unused for ${span(counted)}: ${listed(names)}`,
    'Each write pays for them. One for a foreign key serves deletions, which are rare.',
    'A migration that drops them, if no statement of functions/store needs them',
  );
}

const readTables = ({ sql }: Look) => sql(tableStates);

export function judgeVacuum(tables: readonly TableState[], { now }: Judged): Verdict {
  const worn = tables.filter(({ live, dead }) => dead > 100_000 && dead > live / 2);
  const dead = tables.reduce((sum, table) => sum + table.dead, 0);
  if (worn.length === 0) return ok(`Dead rows: ${dead} in ${count(tables.length, 'table')}; autovacuum keeps up`);
  const said = worn.map(
    ({ name, vacuumed_at: at }) => `${name} (vacuumed ${at === null ? 'never' : `${span(now.getTime() - at)} ago`})`,
  );
  return warning(
    `More dead rows than half of the living: ${listed(said)}`,
    'Statements read past them. A transaction that stays open keeps them from being removed.',
    'select pid, xact_start from pg_stat_activity order by 2, as the database’s owner',
  );
}

const readAge = ({ sql }: Look) => sql(databaseAge);

/** Source: https://www.postgresql.org/docs/18/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND */
export function judgeTransactions({ transactions }: DatabaseAge): Verdict {
  const millions = `${Math.round(transactions / 1e6)} million`;
  const seen = `The oldest row is ${millions} of 2,000 million transactions old`;
  if (transactions < 5e8) return ok(seen);
  const mend = 'vacuum (freeze) as the database’s owner, after transactions that stay open are ended';
  return (transactions < 1.2e9 ? warning : fault)(seen, 'At the end, PostgreSQL stops writing.', mend);
}

export const tableChecks: readonly Check[] = [
  check('database', 'whether the database answers', readAnswer, judgeAnswer),
  check('migrations', 'which migrations are applied', readApplied, judgeMigrations),
  check('partitions', 'whether the partitions to come are made', readPartitions, judgePartitions),
  check('strays', 'whether rows are outside their partitions', readPartitions, judgeStrays),
  check('transaction-age', 'how old the oldest transaction is', readAge, judgeTransactions),
  check('dead-rows', 'whether autovacuum keeps up', readTables, judgeVacuum),
  check('invalid-indexes', 'whether all indexes are valid', readIndexes, judgeValidity),
  check('unused-indexes', 'which indexes are used', readIndexes, judgeUnused),
];
