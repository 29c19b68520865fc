/** What consumers behind a queue have in common. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { setDeadline, timeLeft } from '../runtime/deadline.ts';
import { log, setLogContext } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { RefusedEvent } from './refused-event.ts';

/**
 * No message is begun with fewer milliseconds left. Lambda would end it anywhere, and a mail that was sent and could not be
 * noted is sent again.
 */
const MESSAGE_TIME = 10_000;

/**
 * The handler of a queue. It returns the messages to be delivered again, as their faults may pass (the database, SES's
 * throttling), and throws when all failed, so that Lambda counts an error. What it refuses for good (S63) does not come
 * again; an unreadable event is kept for a person, who may redeliver it, and a forgery is not.
 * @param failure what did not happen, for the log
 */
export const eachMessage =
  (failure: string, keepDeadLetter: (body: string) => Promise<void>, handle: (body: string) => Promise<void>) =>
  async ({ Records }: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    setDeadline(context);
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const { messageId, body } of Records) {
      try {
        setLogContext({});
        if (timeLeft() < MESSAGE_TIME) throw new Error('too little time is left');
        await handle(body).catch((error) => refuse(error, body, keepDeadLetter));
      } catch (error) {
        log('error', `${failure}, to be tried again`, { error });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    // Lambda logs what a function throws, and PostgreSQL's messages quote values (S36).
    if (batchItemFailures.length > 0 && batchItemFailures.length === Records.length) throw new Error(failure);
    return { batchItemFailures };
  };

async function refuse(error: unknown, body: string, keepDeadLetter: (body: string) => Promise<void>): Promise<void> {
  if (!(error instanceof RefusedEvent)) throw error;
  const { reason, faults } = error;
  if (reason === 'malformed') await keepDeadLetter(body);
  log('error', 'event refused', { reason, faults });
  emitMetrics({ EventsRefused: [1, 'Count'] });
}
