/**
 * Brings the outbox's events to the bus. Runs every minute, and until the next run begins: what is due is sent, then
 * asked for again every second, so an event waits about that long. Two runs at once share the work; one that is killed
 * leaves leases behind that run out.
 */
import type { Context } from 'aws-lambda';
import { dataApi } from '../aws/data-api.ts';
import { eventBus } from '../aws/event-bus.ts';
import { envelope, source } from '../contracts/events/envelope.ts';
import { setDeadline } from '../deadline.ts';
import { backoff } from '../domain/backoff.ts';
import { log } from '../log.ts';
import { emitMetrics } from '../metrics.ts';
import { settings } from '../settings.ts';
import { type ClaimedEvent, claimEvents, markEvents, type Outcome } from '../store/relay.ts';

/** Nothing is begun with less time left than this, milliseconds: a claim, a sending and a marking, each retried. */
const BATCH_TIME = 15_000;

const { pollSeconds, maxAttempts, firstBackoffSeconds, maxBackoffSeconds, ...bounds } = settings.relay;
const database = dataApi();
const bus = eventBus();

export interface RelayRequest {
  /** Sends what is due and ends, instead of polling on: someone waits for the answer. */
  readonly drain?: boolean;
}

export interface Relayed {
  relayed: number;
  failed: number;
  dead: number;
}

/** @throws what the last batch did; after an earlier failure it goes on, since the leases of that batch run out */
export async function handler({ drain = false }: RelayRequest, context: Context): Promise<Relayed> {
  setDeadline(context);
  const sum: Relayed = { relayed: 0, failed: 0, dead: 0 };
  let fault: unknown;
  for (let first = true; context.getRemainingTimeInMillis() > BATCH_TIME; first = false) {
    let idle = true;
    try {
      const batch = await relayBatch({ report: first });
      sum.relayed += batch.relayed;
      sum.failed += batch.failed;
      sum.dead += batch.dead;
      idle = batch.size === 0;
      fault = undefined;
    } catch (error) {
      log('warn', 'a batch of events failed', { error });
      fault = error;
    }
    if (idle && drain) break;
    if (idle) await new Promise((resolve) => setTimeout(resolve, pollSeconds * 1000));
  }
  if (fault) throw fault;
  return sum;
}

/** @param report writes the metrics even when nothing was due: the lag of what is waiting for another try */
async function relayBatch({ report }: { report: boolean }): Promise<Relayed & { size: number }> {
  const { leaseId, events, oversize, lag } = await claimEvents(database, bounds, new Date());
  const size = events.length + oversize;
  if (oversize > 0) log('error', 'events too large to be sent are dead letters', { oversize });

  const codes = await bus.put(
    events.map((event) => ({
      source: source(event.topic),
      detailType: event.topic,
      detail: JSON.stringify(envelope(event)),
    })),
  );
  const now = new Date();
  const outcomes = events.map((event, index) => outcome(event, codes[index] ?? null, now));
  if (events.length > 0) await markEvents(database, leaseId, outcomes, now);

  const failed = outcomes.filter(({ error }) => error !== null).length;
  const result = {
    size,
    relayed: events.length - failed,
    failed,
    dead: oversize + outcomes.filter(({ dead }) => dead).length,
  };
  if (size > 0 || report) {
    emitMetrics({
      EventsRelayed: [result.relayed, 'Count'],
      EventsFailed: [failed, 'Count'],
      EventsDead: [result.dead, 'Count'],
      RelayLag: [lag, 'Seconds'],
      RelayBatchSize: [size, 'Count'],
    });
  }
  return result;
}

function outcome(event: ClaimedEvent, error: string | null, now: Date): Outcome {
  const { event_id, topic, correlation_id } = event;
  if (error === null) return { event_id, error, dead: false };
  const failures = event.attempts + 1;
  if (failures >= maxAttempts) {
    log('error', 'event refused for the last time', { event_id, topic, correlation_id, code: error });
    return { event_id, error, dead: true };
  }
  const wait = backoff(failures, { first: firstBackoffSeconds * 1000, longest: maxBackoffSeconds * 1000 });
  return { event_id, error, available_at: new Date(now.getTime() + wait), dead: false };
}
