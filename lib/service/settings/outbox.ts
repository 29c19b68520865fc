/** Settings of what is written beside the request: how events leave, and how long records are kept. */
import { z } from 'zod';
import { days, seconds } from './units.ts';

export const outboxSettings = {
  /** How the outbox is emptied onto the bus. */
  relay: z
    .strictObject({
      /**
       * What wakes it. `schedule`: it runs all the time, and an event leaves within a second or two. `requests`: the log
       * line of a request that may have written an event, some seconds after it, so that a database that nobody uses
       * can pause; the sweep is then daily. For stages with `database.minCapacity` 0.
       */
      wokenBy: z.enum(['schedule', 'requests']).default('schedule'),
      /** Between two claims while nothing is due, seconds: half of it is the usual wait of an event. Each costs a Data API call. */
      pollSeconds: z.number().min(0.1).max(60).default(1),
      /** Events a claim. 100 of usual size are a tenth of the Data API's 1 MiB a result, and 10 parallel PutEvents. */
      batchSize: z.int().min(1).max(500).default(100),
      /** A claimed event is left alone for this long, seconds: longer than a batch takes, since after it another relay sends it too. */
      leaseSeconds: seconds.min(15).default(30),
      /** A dead letter after this many refusals; 30 are some two and a half hours, with the waits below. */
      maxAttempts: z.int().positive().default(30),
      /** Longest wait after the first refusal, seconds; it doubles with each, and a random part of it is waited. */
      firstBackoffSeconds: z.number().positive().default(1),
      /** What the doubling ends at, seconds: how late an event may be when a long outage is over. */
      maxBackoffSeconds: seconds.default(900),
    })
    .prefault({}),
  /** How long what is over is kept, days, before the sweep removes it. */
  retention: z
    .strictObject({
      /**
       * Published events: the mail consumer mails what it finds here and nothing else (S61), so they outlast what can
       * come late: EventBridge's retries (1 day) and the queue or its dead letters (14 days), moved back once.
       */
      publishedEventDays: days.min(16).default(30),
      /** Sessions after their end: for the question whether a stolen token was ever used. */
      endedSessionDays: days.default(30),
      /** Handled events' ids: longer than a copy can come late, by a retry (1 day) or from a dead-letter queue (14 days). */
      inboxDays: days.min(16).default(30),
      /** One-time links after their end: for the question whether one was used, and when. */
      endedLinkDays: days.default(7),
      /** Audit entries. The database itself keeps each for 90 days at least (migrations/0009). */
      auditDays: days.min(90).default(400),
      /** Failed logins of an address since the last success: what nobody goes on with is forgotten. */
      loginFailureDays: days.default(1),
    })
    .refine((r) => r.inboxDays >= r.publishedEventDays, {
      path: ['inboxDays'],
      message: 'must not be below publishedEventDays: a replayed event would be mailed again',
    })
    .prefault({}),
};
