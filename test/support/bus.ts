/** The bus as another service uses it, and as an attacker who may put events on it does. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Service } from './service.ts';

const BUS = 'identity-local';
export const MAIL_REQUESTED = 'huleedu.email.notification.requested.v1';

export interface Sent {
  readonly source: string;
  readonly topic: string;
  readonly data: object;
  readonly eventId?: string;
  /** Fields of the envelope that differ from what they should be. */
  readonly over?: object;
}

const detailOf = ({ source, topic, data, eventId = crypto.randomUUID(), over }: Sent) => ({
  event_id: eventId,
  event_type: topic,
  event_timestamp: new Date().toISOString(),
  source_service: source,
  schema_version: 1,
  correlation_id: crypto.randomUUID(),
  data_schema_uri: null,
  data,
  metadata: null,
  ...over,
});

/** Puts an event on the bus, and waits until its consumers have handled it. */
export async function putEvent(service: Service, sent: Sent): Promise<void> {
  const client = new EventBridgeClient({
    endpoint: service.awsUrl,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const Entries = [
    { EventBusName: BUS, Source: sent.source, DetailType: sent.topic, Detail: JSON.stringify(detailOf(sent)) },
  ];
  const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries }));
  if (FailedEntryCount !== 0) throw new Error('the bus refused the event');
  await service.events.settled();
}

/** A message as SQS would pass it to the consumer, without any rule before it: a rule can be edited. */
export const messageOf = (sent: Sent) =>
  JSON.stringify({ source: sent.source, 'detail-type': sent.topic, detail: detailOf(sent) });

/** Passes a batch of messages to the mail consumer. @returns its answer, whose ids are the messages' positions */
export const handIn = (service: Service, ...bodies: readonly string[]) => handInAfter(service, 0, ...bodies);

/** @param seconds that the messages have been in the queue */
export const handInAfter = (service: Service, seconds: number, ...bodies: readonly string[]) =>
  handInTo(service, 'send-email', seconds, ...bodies);

/** As {@link handInAfter}, to another consumer. */
export async function handInTo(service: Service, consumer: string, seconds: number, ...bodies: readonly string[]) {
  const Records = bodies.map((body, place) => ({
    messageId: String(place),
    receiptHandle: `receipt-${place}`,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-north-1:000000000000:mails',
    attributes: { SentTimestamp: String(Date.now() - seconds * 1000) },
    body,
  }));
  return service.runtime.invoke(consumer, { Records });
}

/** The data of a request for a mail. */
export const notice = (to: string, template_id: string, variables: object = {}) => ({
  message_id: crypto.randomUUID(),
  template_id,
  to,
  variables,
  category: 'system',
  correlation_id: crypto.randomUUID(),
});
