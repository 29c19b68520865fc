/**
 * Rows that many requests change at once: one key of a rate limit, one aggregate's sequence. Within the database, one
 * commit each, so that neither the Data API nor this machine's cores hide what the row itself takes: while a transaction
 * is open that could still see every version (an export, an index that is being built), a row gets slower with each.
 */
import pg from 'pg';
import { announce } from '../../functions/store/outbox.ts';
import { count, exceeded, recordRefusals } from '../../functions/store/rate-limits.ts';
import { withoutComments } from '../../functions/store/sql-text.ts';
import type { DatabaseView } from '../support/database-view.ts';
import { withHost } from './bench-host.ts';
import type { Bench, Figure } from './figure.ts';

const CHANGES = 10_000;

export const bench: Bench = () =>
  withHost({ schedules: false }, async (host) => {
    // What the row takes, and not this machine's disk. It is the view's only connection.
    await host.sql('set synchronous_commit = off');
    const figures = [];
    for (const statement of statements) figures.push(await figureOf(host, statement, ''));
    const reader = new pg.Client({ connectionString: host.database.connectionString });
    await reader.connect();
    await reader.query('begin isolation level repeatable read');
    await reader.query('select from rate_limits, event_sequences limit 1');
    for (const statement of statements) figures.push(await figureOf(host, statement, ', beside an open snapshot'));
    await reader.end();
    return figures;
  });

interface Hot {
  readonly what: string;
  /** SQL for the statement's parameter `given`. */
  readonly given: string;
  readonly sql: string;
}

const limit = (key: string, max: number, slot: number) => `jsonb_build_array(jsonb_build_object(
  'name', 'x', 'at', clock_timestamp(), 'key', '${key}', 'max', ${max}, 'window_seconds', 60, 'slot', ${slot},
  'expires_at', clock_timestamp() + interval '60 seconds'))`;
const event = `jsonb_build_array(jsonb_build_object(
  'event_id', uuidv7(), 'topic', 'huleedu.identity.login.succeeded.v1', 'aggregate_type', 'user',
  'aggregate_id', aggregate, 'sequence', null, 'correlation_id', aggregate, 'data', '{}'::jsonb,
  'occurred_at', clock_timestamp()))`;
const counting = `with ${count('given')}, ${recordRefusals()} select ${exceeded}::text into answer`;

const statements: readonly Hot[] = [
  { what: 'one key of a rate limit, admitted', given: limit('aa', 6_000_000, 10_000), sql: counting },
  { what: 'one key of a rate limit, refused', given: limit('bb', 5, 1), sql: counting },
  {
    what: "one aggregate's events",
    given: event,
    sql: `with written as (${announce('given', '(select) as once')}) select '' into answer`,
  },
];

/** One session, one commit each. On Aurora a row's lock is held until its commit is durable, which takes longer. */
async function figureOf(host: DatabaseView, { what, given, sql }: Hot, beside: string): Promise<Figure> {
  const statement = withoutComments(sql)
    .replaceAll(':given::jsonb', 'asked')
    .replaceAll(':now::timestamptz', 'clock_timestamp()')
    .replaceAll(':correlation_id::uuid', 'aggregate')
    .replaceAll(':ip_address', `'192.0.2.1'`);
  const begun = performance.now();
  await host.sql(`
    do $bench$
    declare
      asked jsonb;
      aggregate uuid := uuidv7();
      answer text;
    begin
      for change in 1..${CHANGES} loop
        asked := ${given};
        ${statement};
        commit;
      end loop;
    end
    $bench$`);
  const value = CHANGES / ((performance.now() - begun) / 1000);
  return { what: `${what}${beside}`, value, unit: 'changes/s', target: { atLeast: 1_000 } };
}
