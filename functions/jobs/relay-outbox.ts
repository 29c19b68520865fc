/**
 * Sends the outbox's events to the bus. It runs every few minutes, until the next run must have begun: it sends what is
 * due, then asks again every second, so an event waits about that long. If requests wake it instead (`relay.wokenBy`),
 * one run at a time goes on until no event waits. Simultaneous runs share the work; a killed run leaves leases that
 * expire. What the bus refuses backs off and dies at last. What an outage of the bus keeps back stays as it is, and the
 * run tries again ever more slowly.
 */
import type { Context } from 'aws-lambda';
import { eventBus, type Untaken } from '../aws/event-bus.ts';
import { envelope, source } from '../contracts/events/envelope.ts';
import { backoff } from '../domain/backoff.ts';
import { type Paced, relayPace } from '../domain/relay-pace.ts';
import { setDeadline } from '../runtime/deadline.ts';
import { EVENTS_WAIT, LAST_BATCH } from '../runtime/events-wait.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { stageDatabase } from '../stage/database.ts';
import { environment, stageSettings } from '../stage/settings.ts';
import { type ClaimedEvent, claimEvents, markEvents, type Outcome } from '../store/relay.ts';
import { giveTurnBack, takeTurn } from '../store/relay-turn.ts';

/** Milliseconds that a woken run goes on: it is woken again if events still wait, and others end at once meanwhile. */
const WOKEN_TIME = 60_000;

const { relay } = stageSettings();
const { wokenBy, maxAttempts, firstBackoffSeconds, maxBackoffSeconds } = relay;
const database = stageDatabase();
const bus = eventBus(environment('EVENT_BUS_NAME'));

export interface RelayRequest {
  /** Sends what is due and ends, instead of polling on: the caller waits for the answer. */
  readonly drain?: boolean;
}

export interface Relayed {
  relayed: number;
  failed: number;
  dead: number;
}

interface Batch extends Paced {
  failed: number;
  dead: number;
  /** Events were unsent when it began, due or not. */
  waiting: boolean;
}

/** @throws the error of the last batch; it goes on after an earlier one, since that batch's leases expire */
export async function handler({ drain = false }: RelayRequest, context: Context): Promise<Relayed> {
  setDeadline(context);
  const sum: Relayed = { relayed: 0, failed: 0, dead: 0 };
  const end = wokenBy === 'requests' ? performance.now() + WOKEN_TIME : Number.POSITIVE_INFINITY;
  /** Milliseconds in which another batch may begin. */
  const timeToBegin = () => Math.min(context.getRemainingTimeInMillis() - LAST_BATCH * 1000, end - performance.now());
  const hasTime = () => timeToBegin() > 0;
  const pauseAfter = relayPace(relay);
  let report = true;
  let fault: unknown;

  /** Sends batch after batch, until one is the last or the time is over. A batch that failed is undefined. */
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
      const pause = Math.min(pauseAfter(batch), Math.max(0, timeToBegin()));
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return batch;
  }

  /** A run that is woken meanwhile ends at once, so this one looks again after its turn and sends their events, too. */
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

  if (drain) await relayUntil((batch) => !batch?.size || (batch.delayed > 0 && batch.relayed === 0));
  else if (wokenBy === 'requests') await relayInTurns();
  else await relayUntil(() => false);
  if (fault) throw fault;
  return sum;
}

/** @param report writes the metrics even if nothing was due: the lag of events that wait for another try */
async function relayBatch({ report }: { report: boolean }): Promise<Batch> {
  const { leaseId, events, oversize, lag } = await claimEvents(database, relay, new Date());
  const size = events.length + oversize;
  if (oversize > 0) log('error', 'events too large to be sent are dead letters', { oversize });

  const untaken = await bus.put(
    events.map((event) => ({
      source: source(event.topic),
      detailType: event.topic,
      detail: JSON.stringify(envelope(event)),
    })),
  );
  const now = new Date();
  const outcomes = events.map((event, index) => outcome(event, untaken[index] ?? null, now));
  if (events.length > 0) await markEvents(database, leaseId, outcomes, now);

  const delayed = outcomes.filter(({ outage }) => outage).length;
  const failed = outcomes.filter(({ error }) => error !== null).length;
  if (delayed > 0) log('warn', 'the bus takes no events for now', { delayed, codes: codesOf(untaken) });
  const result = {
    size,
    delayed,
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
      EventsDelayed: [delayed, 'Count'],
      RelayLag: [lag, 'Seconds'],
      RelayBatchSize: [size, 'Count'],
    });
  }
  return result;
}

function outcome(event: ClaimedEvent, untaken: Untaken | null, now: Date): Outcome {
  const { event_id, topic, correlation_id } = event;
  if (untaken === null) return { event_id, error: null, dead: false };
  const { code, outage } = untaken;
  if (outage) return { event_id, error: code, outage, dead: false };
  const failures = event.attempts + 1;
  if (failures >= maxAttempts) {
    log('error', 'event refused for the last time', { event_id, topic, correlation_id, code });
    return { event_id, error: code, dead: true };
  }
  const wait = backoff(failures, { first: firstBackoffSeconds * 1000, longest: maxBackoffSeconds * 1000 });
  return { event_id, error: code, available_at: new Date(now.getTime() + wait), dead: false };
}

const codesOf = (untaken: readonly (Untaken | null)[]) => [...new Set(untaken.flatMap((one) => one?.code ?? []))];
