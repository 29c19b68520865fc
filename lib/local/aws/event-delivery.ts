/** Delivers events from a rule to its target, at least once: with retries, and a dead letter when these are used up. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedEvent } from './event-entries.ts';

export type Target = (event: RecordedEvent) => Promise<unknown>;

export interface RetryPolicy {
  /** Tries after the first. */
  readonly maximumRetryAttempts?: number | undefined;
  /** Since the event was accepted, seconds. */
  readonly maximumEventAgeSeconds?: number | undefined;
}

/** What EventBridge would put into the target's dead-letter queue, with the message attributes it would set. */
export interface DeadLetter {
  readonly event: RecordedEvent;
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly errorMessage: string;
  readonly exhaustedRetryCondition: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';
  readonly retryAttempts: number;
}

export interface Delivery {
  readonly event: RecordedEvent;
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly target: Target;
  readonly retry: RetryPolicy;
}

export interface DeliveryOptions {
  readonly now: () => Date;
  /** Waits before a retry, given in milliseconds; ends early when the signal aborts. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  /** For the jitter of retries. */
  readonly random?: () => number;
}

export interface Deliveries {
  /** Begins a delivery and returns at once. */
  begin(delivery: Delivery): void;
  deadLetters(): readonly DeadLetter[];
  /** Resolves when no delivery is under way: each has succeeded or ended as a dead letter. */
  settled(): Promise<void>;
  /** Gives up deliveries that wait for a retry, and waits for targets that are running. */
  stop(): Promise<void>;
}

/** EventBridge's limits, which are also its defaults: 24 hours and up to 185 retries. */
const MOST_RETRIES = 185;
const LONGEST_AGE = 86_400;
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 60_000;

export function createDeliveries({ now, pause = wait, random = Math.random }: DeliveryOptions): Deliveries {
  const underWay = new Set<Promise<void>>();
  const dead: DeadLetter[] = [];
  const stopping = new AbortController();

  async function deliver({ event, ruleArn, targetArn, target, retry }: Delivery): Promise<void> {
    const { maximumRetryAttempts = MOST_RETRIES, maximumEventAgeSeconds = LONGEST_AGE } = retry;
    const lastMoment = now().getTime() + maximumEventAgeSeconds * 1000;
    for (let retryAttempts = 0; !stopping.signal.aborted; retryAttempts += 1) {
      try {
        await target(event);
        return;
      } catch (error) {
        const milliseconds = backoff(retryAttempts);
        const tired = retryAttempts >= maximumRetryAttempts;
        if (tired || now().getTime() + milliseconds > lastMoment) {
          const exhaustedRetryCondition = tired ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds';
          const errorMessage = error instanceof Error ? error.message : String(error);
          dead.push({ event, ruleArn, targetArn, errorMessage, exhaustedRetryCondition, retryAttempts });
          return;
        }
        await pause(milliseconds, stopping.signal);
      }
    }
  }

  /** Exponential with full jitter. */
  const backoff = (attempt: number) => random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt);

  async function settled(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return {
    begin(delivery) {
      // Deferred, so that the caller of PutEvents has its answer before a target runs.
      const delivered = Promise.resolve().then(() => deliver(delivery));
      underWay.add(delivered);
      void delivered.finally(() => underWay.delete(delivered));
    },
    deadLetters: () => dead,
    settled,
    stop() {
      stopping.abort();
      return settled();
    },
  };
}

/** The signal cuts it short, without an error. It never keeps the process alive. */
const wait = (milliseconds: number, signal: AbortSignal) =>
  delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
