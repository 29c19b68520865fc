/** The relay: events a second, delay after the commit, and what a million published rows cost the claim. */
import { setTimeout as pause } from 'node:timers/promises';
import { eventBus } from '../../functions/aws/event-bus.ts';
import { envelope, source } from '../../functions/contracts/events/envelope.ts';
import type { Database } from '../../functions/store/database.ts';
import { claimEvents, markEvents } from '../../functions/store/relay.ts';
import type { Host } from '../../lib/local/host.ts';
import { until } from '../support/await-condition.ts';
import type { DatabaseView } from '../support/database-view.ts';
import { databaseOf, someEvent, writeEvents } from '../support/outbox.ts';
import { withoutConsumers as functions } from '../support/without-consumers.ts';
import { withHost } from './bench-host.ts';
import type { Bench, Figure } from './figure.ts';
import { quantile } from './quantile.ts';

type BenchHost = Host & DatabaseView;

const BATCH = { batchSize: 100, leaseSeconds: 30 };

export const bench: Bench = async () => [
  ...(await withHost({ functions, schedules: false }, async (host) => {
    const database = await databaseOf(host);
    return [...(await throughput(host, database)), ...(await claims(host, database))];
  })),
  ...(await withHost({ functions }, latency)),
];

/** One relay as in production, with more and more events waiting; then its three steps one by one. */
async function throughput(host: BenchHost, database: Database): Promise<Figure[]> {
  const figures: Figure[] = [];
  await backlog(host, 200);
  await drain(host);
  for (const waiting of [1_000, 10_000, 100_000]) {
    await host.sql('truncate event_outbox');
    await backlog(host, waiting);
    const begun = performance.now();
    await drain(host);
    const seconds = (performance.now() - begun) / 1000;
    // A slow machine does not finish the largest backlog within a run.
    const [row] = await host.sql('select count(*)::integer as sent from event_outbox where published_at is not null');
    const value = row?.sent / seconds;
    const note = `the last of them after ${(waiting / value).toFixed(1)} s`;
    figures.push({ what: `one relay, ${waiting.toLocaleString('en')} waiting`, value, unit: 'events/s', note });
  }
  await host.sql('truncate event_outbox');
  return [...figures, ...(await stepTimes(database, 20))];
}

async function drain(host: BenchHost): Promise<void> {
  const outcome = await host.runJob('relay-outbox', { drain: true });
  if (!outcome?.ok) throw new Error(`the relay failed: ${JSON.stringify(outcome)}`);
}

const backlog = (host: BenchHost, count: number) =>
  host.sql(
    `
    insert into event_outbox (
      event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at
    )
    select
      uuidv7(), 'huleedu.identity.login.failed.v1', 'login_attempt', uuidv7(), 1, uuidv7(),
      jsonb_build_object('email', repeat('x', 200)), now(), now()
    from generate_series(1, $1::integer)`,
    [count],
  );

async function stepTimes(database: Database, rounds: number): Promise<Figure[]> {
  const bus = eventBus('identity-local');
  await write(database, rounds * BATCH.batchSize);
  const times = { claim: [] as number[], send: [] as number[], mark: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const { leaseId, events } = await timed(times.claim, () => claimEvents(database, BATCH, new Date()));
    const entries = events.map((event) => ({
      source: source(event.topic),
      detailType: event.topic,
      detail: JSON.stringify(envelope(event)),
    }));
    const untaken = await timed(times.send, () => bus.put(entries));
    const outcomes = events.map(({ event_id }, index) => ({
      event_id,
      error: untaken[index]?.code ?? null,
      dead: false,
    }));
    await timed(times.mark, () => markEvents(database, leaseId, outcomes, new Date()));
  }
  return Object.entries(times).map(([step, values]) => ({
    what: `${step} of ${BATCH.batchSize}, one after the other`,
    value: quantile(values, 0.5),
    unit: 'ms',
  }));
}

/** Claims of 100 events beside a thousand published rows, then beside a million. */
async function claims(host: BenchHost, database: Database): Promise<Figure[]> {
  const figures: Figure[] = [];
  const medians: number[] = [];
  for (const published of [1_000, 1_000_000]) {
    await host.sql('truncate event_outbox');
    await host.sql(
      `
      insert into event_outbox (
        event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at,
        published_at
      )
      select
        uuidv7(), 'huleedu.identity.login.failed.v1', 'login_attempt', uuidv7(), 1, uuidv7(),
        jsonb_build_object('email', repeat('x', 200)), now(), now(), now()
      from generate_series(1, $1::integer)`,
      [published],
    );
    await host.sql('vacuum (analyze) event_outbox');
    await write(database, 6_000);
    const times: number[] = [];
    for (let round = 0; round < 60; round++) {
      const { leaseId, events } = await timed(times, () => claimEvents(database, BATCH, new Date()));
      const outcomes = events.map(({ event_id }) => ({ event_id, error: null, dead: false }));
      await markEvents(database, leaseId, outcomes, new Date());
    }
    const value = quantile(times.slice(10), 0.5);
    medians.push(value);
    figures.push({ what: `claim of 100 beside ${published.toLocaleString('en')} published`, value, unit: 'ms' });
  }
  const [small = 1, large = 1] = medians;
  return [...figures, { what: 'claim beside a million published and a thousand', value: large / small, unit: '×' }];
}

/** From the write to the event at a rule's target; events come at random times, with default schedules and settings. */
async function latency(host: BenchHost): Promise<Figure[]> {
  const database = await databaseOf(host);
  const written = new Map<string, number>();
  const waits: number[] = [];
  host.events.addRule({
    name: 'bench',
    busName: 'identity-local',
    pattern: { source: [{ prefix: 'huleedu.' }] },
    async target({ detail }) {
      const at = written.get(String(detail.event_id));
      if (at !== undefined) waits.push(performance.now() - at);
    },
  });
  const count = 100;
  for (let event = 0; event < count; event++) {
    await pause(Math.random() * 600);
    const made = someEvent(new Date());
    // Taken before the write: an event may be on the bus before its writer has the answer, and has then not waited.
    written.set(made.event_id, performance.now());
    await writeEvents(database, [made]);
  }
  await until('all are on the bus', () => waits.length >= count);
  const note = `95 % within ${(quantile(waits, 0.95) / 1000).toFixed(2)} s; bounded by the poll interval, 1 s by default`;
  return [{ what: 'commit to bus, median', value: quantile(waits, 0.5) / 1000, unit: 's', note }];
}

async function write(database: Database, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 200) {
    await writeEvents(
      database,
      Array.from({ length: Math.min(200, left) }, () => someEvent(new Date())),
    );
  }
}

async function timed<T>(times: number[], work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  times.push(performance.now() - begun);
  return result;
}
