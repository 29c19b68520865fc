/** Settings of the outbox and of records: how events are sent, and how long records are kept. */
import { z } from 'zod';
import { days, seconds } from './units.ts';

export const outboxSettings = {
  /** How the relay sends events from the outbox to the bus. */
  relay: z
    .strictObject({
      /**
       * What wakes the relay. `schedule`: it runs all the time and sends an event within a second or two. `requests`:
       * the log line of a request that may have written an event wakes it some seconds later, so that an unused
       * database can pause; the sweep is then daily. `requests` is for stages with `database.minCapacity` 0.
       */
      wokenBy: z.enum(['schedule', 'requests']).default('schedule'),
      /** Pause between claims while nothing is due, seconds; events usually wait half of it. A claim is an AWS call. */
      pollSeconds: z.number().min(0.1).max(60).default(1),
      /** Events per claim. 100 usual ones are a tenth of the Data API's 1 MiB per result, and 10 parallel PutEvents. */
      batchSize: z.int().min(1).max(500).default(100),
      /** No other relay takes a claimed event for this long, seconds. If a batch takes longer, both send its events. */
      leaseSeconds: seconds.min(15).default(30),
      /**
       * An event is a dead letter after this many refusals; with these waits, 30 take about two and a half hours. An
       * outage of EventBridge is no refusal, however long it lasts.
       */
      maxAttempts: z.int().positive().default(30),
      /** Longest wait after the first refusal, seconds. Each refusal doubles it; the wait is a random part of it. */
      firstBackoffSeconds: z.number().positive().default(1),
      /** The doubling ends here, seconds: once its fault is mended, an event that was refused may be this late. */
      maxBackoffSeconds: seconds.default(900),
    })
    .prefault({}),
  /** How long the sweep keeps records that are no longer needed, days. */
  retention: z
    .strictObject({
      /**
       * Published events. The mail consumer only mails events that it finds here (S61), so they must outlast copies
       * that come late: by EventBridge's retries (1 day), from the queue (3 days), and from its dead letters (14 days),
       * moved back once (3 days more). They are dropped by the partition, so each is kept for up to 14 days longer (migrations/0018).
       */
      publishedEventDays: days.min(21).default(30),
      /** Sessions after their end, to answer the question whether a stolen token was ever used. */
      endedSessionDays: days.default(30),
      /**
       * Ids of handled events. A copy may come late by a retry (1 day) or from a dead-letter queue (14 days), and must
       * find its id here for as long as it would find its event.
       */
      inboxDays: days.min(30).default(45),
      /** One-time links after their end, to answer the question whether and when a link was used. */
      endedLinkDays: days.default(7),
      /**
       * Audit entries. The database itself refuses to delete one in its first 90 days. They are dropped by the
       * partition, so each is kept for up to 28 days longer (migrations/0018).
       */
      auditDays: days.min(90).default(400),
      /** Which mail went to which address (as a keyed hash): a complaint may come weeks later, a bounce within a day. */
      mailDays: days.default(60),
      /** Addresses that get no mail since one bounced or was complained about: a mailbox may have another owner by then. */
      suppressedAddressDays: days.default(365),
      /** Failed logins of an address since its last success, when no further attempt follows. */
      loginFailureDays: days.default(1),
    })
    .refine((r) => r.inboxDays >= r.publishedEventDays + 14, {
      path: ['inboxDays'],
      message: 'must be 14 days above publishedEventDays: a replayed event would be mailed again',
    })
    .prefault({}),
};
