/** What migrations/0018 does to tables that have been in use. */
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { expect, inject, it } from 'vitest';
import { splitStatements } from '../../functions/store/split-statements.ts';
import { createDatabase } from '../../lib/local/postgres.ts';

it('a table that has been in use is put into partitions without being written anew', async () => {
  const { server, owner } = inject('sharedPostgres');
  const name = `upgraded_${Date.now()}`;
  await createDatabase(server, name, { owner: owner.username });
  const client = new Client({ ...server, user: owner.username, password: owner.password, database: name });
  await client.connect();
  try {
    const migrations = new URL('../../migrations/', import.meta.url);
    const apply = async (file: string) => {
      for (const statement of splitStatements(readFileSync(new URL(file, migrations), 'utf8'))) {
        await client.query(statement);
      }
    };
    for (const file of ['0001_accounts', '0002_sessions', '0003_event_outbox', '0004_guessing', '0005_audit_log']) {
      await apply(`${file}.sql`);
    }
    for (const file of ['0007_one_time_tokens', '0008_organizations', '0009_erasure', '0015_events_tell_all']) {
      await apply(`${file}.sql`);
    }
    await client.query(`
      insert into event_outbox (
        event_id, topic, aggregate_type, aggregate_id, correlation_id, data, occurred_at, available_at
      )
      select uuidv7(), 't', 'user', uuidv7(), uuidv7(), '{}', now(), now()
      from generate_series(1, 100)`);
    const fileOf = async (table: string) =>
      (await client.query(`select pg_relation_filenode('${table}') as file`)).rows[0].file;
    const before = await fileOf('event_outbox');
    await apply('0018_partitions.sql');
    await apply('0019_partition_upkeep.sql');
    expect(await fileOf('event_outbox_default')).toBe(before);
    const sql = async (text: string, values?: unknown[]) => (await client.query(text, values)).rows;
    expect(await sql('select count(*)::integer as events from event_outbox')).toEqual([{ events: 100 }]);
    const partitionsOf = (parent: string) => sql('select from pg_inherits where inhparent = $1::regclass', [parent]);
    // The rows of now stay where they are, so this time has no partition of its own.
    expect(await partitionsOf('event_outbox')).toHaveLength(2);
    expect(await partitionsOf('audit_log')).toHaveLength(3);
  } finally {
    await client.end();
  }
});
