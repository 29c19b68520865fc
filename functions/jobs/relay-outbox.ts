/**
 * Brings the outbox's events to the bus. Runs every minute, and until the next run begins: what is due is sent, then
 * asked for again every second, so an event waits about that long. Where requests wake it instead (`relay.wokenBy`), one
 * runs at a time, until nothing waits. Two runs at once share the work; one that is killed leaves leases behind that run
 * out.
 */
import type { Context } from 'aws-lambda';
import { eventBus } from '../aws/event-bus.ts';
import { envelope, source } from '../contracts/events/envelope.ts';
import { backoff } from '../domain/backoff.ts';
import { setDeadline } from '../runtime/deadline.ts';
import { EVENTS_WAIT } from '../runtime/events-wait.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { stageDatabase } from '../stage/database.ts';
import { environment, stageSettings } from '../stage/settings.ts';
import { type ClaimedEvent, claimEvents, markEvents, type Outcome } from '../store/relay.ts';
import { giveTurnBack, takeTurn } from '../store/relay-turn.ts';

/** Nothing is begun with less time left than this, milliseconds: a claim, a sending and a marking, each retried. */
const BATCH_TIME = 15_000;

const { wokenBy, pollSeconds, maxAttempts, firstBackoffSeconds, maxBackoffSeconds, ...bounds } = stageSettings().relay;
const database = stageDatabase();
const bus = eventBus(environment('EVENT_BUS_NAME'));

export interface RelayRequest {
  /** Sends what is due and ends, instead of polling on: someone waits for the answer. */
  readonly drain?: boolean;
}

export interface Relayed {
  relayed: number;
  failed: number;
  dead: number;
}

interface Batch extends Relayed {
  /** Events that were due. */
  size: number;
  /** Some were unsent when it began, due or not. */
  waiting: boolean;
}

/** @throws what the last batch did; after an earlier failure it goes on, since the leases of that batch run out */
export async function handler({ drain = false }: RelayRequest, context: Context): Promise<Relayed> {
  setDeadline(context);
  const sum: Relayed = { relayed: 0, failed: 0, dead: 0 };
  const hasTime = () => context.getRemainingTimeInMillis() > BATCH_TIME;
  let report = true;
  let fault: unknown;

  /** Batch after batch, until one is the last, or the time is over. Of a batch that failed there is nothing to see. */
  async function relayUntil(isLast: (batch?: Batch) => boolean): Promise<Batch | undefined> {
    let batch: Batch | undefined;
    while (hasTime()) {
      batch = await relayBatch({ report }).catch((error: unknown) => {
        log('warn', 'a batch of events failed', { error });
        fault = error;
        return undefined;
      });
      report = false;
      if (batch) {
        fault = undefined;
        sum.relayed += batch.relayed;
        sum.failed += batch.failed;
        sum.dead += batch.dead;
      }
      if (isLast(batch)) break;
      if (!batch?.size) await new Promise((resolve) => setTimeout(resolve, pollSeconds * 1000));
    }
    return batch;
  }

  /** Whoever is woken meanwhile ends at once, so after its turn this one looks again: what woke them is its to send. */
  async function relayInTurns(): Promise<void> {
    let waiting = true;
    while (waiting && hasTime()) {
      const turn = await takeTurn(database);
      if (!turn) return;
      await relayUntil((batch) => batch?.waiting === false);
      await giveTurnBack(database, turn);
      waiting = (await relayUntil(() => true))?.waiting ?? true;
    }
    if (waiting && !fault) log('info', EVENTS_WAIT);
  }

  if (drain) await relayUntil((batch) => !batch?.size);
  else if (wokenBy === 'requests') await relayInTurns();
  else await relayUntil(() => false);
  if (fault) throw fault;
  return sum;
}

/** @param report writes the metrics even when nothing was due: the lag of what is waiting for another try */
async function relayBatch({ report }: { report: boolean }): Promise<Batch> {
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
    waiting: size > 0 || lag > 0,
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
