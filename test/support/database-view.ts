/** A test file's access to its service's database: as the owner of the schema, without the Data API. */
import { Pool } from 'pg';

// biome-ignore lint/suspicious/noExplicitAny: a test's assertions say what it expects of a row.
type Row = Record<string, any>;

export interface DatabaseView {
  sql(text: string, values?: unknown[]): Promise<Row[]>;
  /** The data of the events in the outbox, of one topic or of all, oldest first. */
  outbox(topic?: string): Promise<Row[]>;
  /** The audit entries of a user, oldest first. */
  audit(userId: string): Promise<Row[]>;
  /** Every row of every table as text, for tests of what must be in none. */
  dump(): Promise<string>;
}

export function viewDatabase(connectionString: string): { view: DatabaseView; close(): Promise<void> } {
  const pool = new Pool({ connectionString, max: 1 });
  const sql: DatabaseView['sql'] = async (text, values) => (await pool.query(text, values)).rows;
  const view: DatabaseView = {
    sql,
    async outbox(topic) {
      const rows = await sql(
        'select data from event_outbox where topic = coalesce($1, topic) order by occurred_at, event_id',
        [topic],
      );
      return rows.map(({ data }) => data);
    },
    audit: (userId) => sql('select * from audit_log where user_id = $1 order by occurred_at, entry_id', [userId]),
    async dump() {
      const tables = await sql(`
        select oid::regclass::text as name
        from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`);
      const texts: string[] = [];
      for (const { name } of tables) {
        const rows = await sql(`select t::text as line from ${name} t`);
        texts.push(...rows.map(({ line }) => line));
      }
      return texts.join('\n');
    },
  };
  return { view, close: () => pool.end() };
}
