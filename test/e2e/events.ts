/** The events on the bus, if the target makes them visible. */
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { until } from '../support/await-condition.ts';
import { type Target, target } from './target.ts';

export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  // biome-ignore lint/suspicious/noExplicitAny: a test's assertions say what it expects of an event.
  readonly detail: { readonly data: any; readonly correlation_id: string; readonly [field: string]: any };
}

type Read = () => Promise<readonly BusEvent[]>;

/** The relay of a new stack runs within four minutes: it begins every three, to the minute. */
const PATIENCE = 280_000;

const read = reader(target);
export const eventsAreSeen = read !== undefined;

/** Waits for the first event of a topic about a person. */
export async function eventOf(topic: string, userId: string): Promise<BusEvent> {
  let found: BusEvent | undefined;
  const arrived = async () => {
    const events = (await read?.()) ?? [];
    found = events.find((event) => event['detail-type'] === topic && event.detail.data.user_id === userId);
    return found !== undefined;
  };
  await until(`${topic} of ${userId}`, arrived, { within: PATIENCE, every: 500 });
  if (!found) throw new Error('unreachable');
  return found;
}

function reader({ eventsPage, eventsQueue }: Target): Read | undefined {
  if (eventsQueue) return queueReader(eventsQueue);
  if (!eventsPage) return undefined;
  return async () => ((await (await fetch(eventsPage)).json()) as { events: BusEvent[] }).events;
}

/** Takes the messages out of the queue and keeps them: several tests ask for each. */
function queueReader(QueueUrl: string): Read {
  const sqs = new SQSClient({});
  const seen: BusEvent[] = [];
  return async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    seen.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as BusEvent));
    if (Messages.length > 0) {
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
    return seen;
  };
}
