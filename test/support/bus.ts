/** The bus as another service has it, and as somebody has who may put events on it and means no good. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Service } from './service.ts';

const BUS = 'identity-local';
export const MAIL_REQUESTED = 'huleedu.email.notification.requested.v1';

export interface Sent {
  readonly source: string;
  readonly topic: string;
  readonly data: object;
  readonly eventId?: string;
  /** Of the envelope, where it is not as it should be. */
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

/** Puts an event on the bus, and waits until whoever takes it has had it. */
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

/** What SQS would hand to the consumer, past every rule: a rule can be edited. */
export const messageOf = (sent: Sent) =>
  JSON.stringify({ source: sent.source, 'detail-type': sent.topic, detail: detailOf(sent) });

/** Hands a batch of messages to the mail consumer. @returns what it answers: the ids are the messages' places */
export async function handIn(service: Service, ...bodies: readonly string[]) {
  const Records = bodies.map((body, place) => ({ messageId: String(place), eventSource: 'aws:sqs', body }));
  return service.runtime.invoke('send-email', { Records });
}
