/** What consumers behind a queue have in common. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ConsumerQueue } from '../aws/consumer-queue.ts';
import { patience } from '../domain/patience.ts';
import { setDeadline, timeLeft } from '../runtime/deadline.ts';
import { log, setLogContext } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { RefusedEvent } from './refused-event.ts';

/**
 * No message is begun with fewer milliseconds left. Lambda would end it anywhere, and a mail that was sent and could not be
 * noted is sent again.
 */
const MESSAGE_TIME = 10_000;

/** The fault of somebody else's server: tried again as any other, but it is no error of the function's, which is alarmed on. */
export class PutOff extends Error {
  override readonly name = 'PutOff';
}

/**
 * The handler of a queue. It returns the messages to be delivered again, as their faults may pass (the database, SES's
 * throttling), and throws when all failed, so that Lambda counts an error ({@link PutOff} aside). An outage may last for days, so a message comes
 * again for as long as {@link patience} says, however often; after that it is kept for a person. What the handler refuses for good
 * (S63) does not come again; an unreadable event is kept for a person, who may redeliver it, and a forgery is not.
 * @param failure what did not happen, for the log
 */
export const eachMessage =
  (failure: string, queue: ConsumerQueue, handle: (body: string) => Promise<void>) =>
  async ({ Records }: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    setDeadline(context);
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    let failures = 0;
    for (const message of Records) {
      try {
        setLogContext({});
        if (timeLeft() < MESSAGE_TIME) throw new Error('too little time is left');
        await handle(message.body).catch((error) => refuse(error, message.body, queue));
      } catch (error) {
        if (await givesUp(message, queue)) log('error', `${failure}, and given up: it is a dead letter`, { error });
        else {
          const isOurs = !(error instanceof PutOff);
          log(isOurs ? 'error' : 'warn', `${failure}, to be tried again`, { error });
          if (isOurs) failures++;
          batchItemFailures.push({ itemIdentifier: message.messageId });
        }
      }
    }
    // Lambda logs what a function throws, and PostgreSQL's messages quote values (S36).
    if (failures > 0 && failures === Records.length) throw new Error(failure);
    return { batchItemFailures };
  };

async function refuse(error: unknown, body: string, { keepDeadLetter }: ConsumerQueue): Promise<void> {
  if (!(error instanceof RefusedEvent)) throw error;
  const { reason, faults } = error;
  if (reason === 'malformed') await keepDeadLetter(body);
  log('error', 'event refused', { reason, faults });
  emitMetrics({ EventsRefused: [1, 'Count'] });
}

/** Puts off a message that failed. @returns whether it is kept for a person instead, and comes no more */
async function givesUp(message: SQSRecord, { keepDeadLetter, bringLater }: ConsumerQueue): Promise<boolean> {
  const age = (Date.now() - Number(message.attributes.SentTimestamp)) / 1000;
  try {
    if (age > patience.most) {
      await keepDeadLetter(message.body);
      return true;
    }
    const pause = patience.pauseAfter(age);
    if (pause > patience.shortest) await bringLater(message, pause);
  } catch (error) {
    log('warn', 'the queue brings the message again after its own time', { error });
  }
  return false;
}
