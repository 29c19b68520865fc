/** A local EventBridge behind the real endpoint, and the real client for it, both new for every test. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach } from 'vitest';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { type EventBridge, eventBridgeService, type RecordedEvent } from '../../../lib/local/aws/events.ts';

export const BUS = 'platform';
export const LAMBDA = 'arn:aws:lambda:eu-north-1:000000000000:function:mailer';
export const registered: PutEventsRequestEntry = {
  EventBusName: BUS,
  Source: 'huleedu.identity',
  DetailType: 'huleedu.identity.user.registered.v1',
  Detail: JSON.stringify({ event_id: 'e1', data: { email: 'ann@example.org' } }),
};

export let events: EventBridge;
export let client: EventBridgeClient;
/** What the target at LAMBDA got. */
export let invoked: RecordedEvent[];

export const put = (...entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries: entries }));

let endpoint: Endpoint;

/** Registers a bus for each test of a file. */
export function useEventBus(): void {
  beforeEach(async () => {
    let clock = new Date('2026-11-24T10:00:00.500Z');
    invoked = [];
    events = eventBridgeService({
      busNames: [BUS],
      keep: 20,
      now: () => clock,
      // Retries take no time: the test's clock moves.
      pause: async (milliseconds) => {
        clock = new Date(clock.getTime() + milliseconds);
      },
      random: () => 0.5,
      targetAt: (arn) => (arn === LAMBDA ? async (event) => invoked.push(event) : undefined),
    });
    endpoint = await startEndpoint({ port: 0, services: [events] });
    client = new EventBridgeClient({
      endpoint: endpoint.url,
      region: 'eu-north-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  });

  afterEach(async () => {
    client.destroy();
    await endpoint.close();
    await events.stop();
  });
}
