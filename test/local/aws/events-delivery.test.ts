import { describe, expect, it } from 'vitest';
import { eventBridgeService, type RecordedEvent } from '../../../lib/local/aws/events.ts';
import { BUS, events, LAMBDA, put, registered, useEventBus } from './running-event-bus.ts';

useEventBus();

describe('a target', () => {
  it('gets the events of the bus that match its rule, in the form that the bus keeps', async () => {
    const got: RecordedEvent[] = [];
    events.addRule({
      name: 'mail',
      busName: BUS,
      pattern: { 'detail-type': [{ prefix: 'huleedu.identity.user.' }] },
      target: async (event) => got.push(event),
    });
    await put(
      registered,
      { ...registered, DetailType: 'huleedu.identity.login.failed.v1' },
      { ...registered, EventBusName: 'default' },
    );
    await events.settled();
    expect(got).toEqual(events.events().slice(0, 1));
  });

  it('does not delay PutEvents, however long it takes', async () => {
    const held = Promise.withResolvers<void>();
    let begun = 0;
    events.addRule({
      name: 'slow',
      busName: BUS,
      pattern: { source: ['huleedu.identity'] },
      target: () => {
        begun += 1;
        return held.promise;
      },
    });
    expect((await put(registered, registered)).FailedEntryCount).toBe(0);
    expect(begun).toBe(2);
    held.resolve();
    await events.settled();
  });

  it('that fails is tried again until it succeeds', async () => {
    let tries = 0;
    events.addRule({
      name: 'flaky',
      busName: BUS,
      pattern: { source: ['huleedu.identity'] },
      target: async () => {
        tries += 1;
        if (tries < 4) throw new Error('not yet');
      },
    });
    await put(registered);
    await events.settled();
    expect(tries).toBe(4);
    expect(events.deadLetters()).toEqual([]);
  });

  it.each([
    ['MaximumRetryAttempts', { maximumRetryAttempts: 3 }, 4],
    // Half of 200, 400, 800, 1600 ms: after 1.5 s the next pause would pass the two seconds.
    ['MaximumEventAgeInSeconds', { maximumEventAgeSeconds: 2 }, 5],
    ['MaximumRetryAttempts', { maximumRetryAttempts: 0 }, 1],
  ])('leaves a dead letter when its retries end by %s', async (exhaustedRetryCondition, retry, expected) => {
    let tries = 0;
    events.addRule({
      name: 'broken',
      busName: BUS,
      pattern: { source: ['huleedu.identity'] },
      target: async () => {
        tries += 1;
        throw new Error('no such function');
      },
      targetArn: LAMBDA,
      retry,
    });
    await put(registered);
    await events.settled();
    expect(tries).toBe(expected);
    expect(events.deadLetters()).toEqual([
      {
        event: events.events()[0],
        ruleArn: 'arn:aws:events:eu-north-1:000000000000:rule/platform/broken',
        targetArn: LAMBDA,
        errorMessage: 'no such function',
        exhaustedRetryCondition,
        retryAttempts: expected - 1,
      },
    ]);
  });

  it('that fails does not delay another', async () => {
    const got: RecordedEvent[] = [];
    const pattern = { source: ['huleedu.identity'] };
    const target = () => Promise.reject(new Error('down'));
    events.addRule({ name: 'down', busName: BUS, pattern, target, retry: { maximumRetryAttempts: 1 } });
    events.addRule({ name: 'up', busName: BUS, pattern, target: async (event) => got.push(event) });
    await put(registered);
    await events.settled();
    expect(got).toHaveLength(1);
    expect(events.deadLetters()).toHaveLength(1);
  });

  it('that waits for a retry is not retried after the host stops', async () => {
    const stopping = eventBridgeService({ busNames: [BUS] });
    const failed = Promise.withResolvers<void>();
    stopping.addRule({
      name: 'down',
      busName: BUS,
      pattern: { source: ['huleedu.identity'] },
      target: async () => {
        failed.resolve();
        throw new Error('down');
      },
    });
    await stopping.operations.PutEvents?.({ Entries: [registered] });
    await failed.promise;
    await stopping.stop();
    expect(stopping.deadLetters()).toEqual([]);
  });
});
