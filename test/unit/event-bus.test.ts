import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BusEntry, eventBus, inCalls } from '../../functions/aws/event-bus.ts';

const eventBridge = mockClient(EventBridgeClient);

const entries = (count: number, detail = '{}'): BusEntry[] =>
  Array.from({ length: count }, (_, index) => ({ source: 'huleedu.identity', detailType: `topic ${index}`, detail }));

const accepted = (count: number) => Array.from({ length: count }, (_, index) => ({ EventId: `id ${index}` }));

beforeEach(() => {
  eventBridge.reset();
});

describe('dividing entries into calls', () => {
  it('puts at most ten into a call and keeps their order', () => {
    const calls = inCalls(entries(25));
    expect(calls.map((call) => call.length)).toEqual([10, 10, 5]);
    expect(calls.flat()).toEqual(entries(25));
  });

  it('stays below the bytes of a call, counted as UTF-8', () => {
    // 300,000 bytes each, in 150,000 characters.
    const calls = inCalls(entries(7, 'é'.repeat(150_000)));
    expect(calls.map((call) => call.length)).toEqual([2, 2, 2, 1]);
  });

  it('makes no call without entries', () => {
    expect(inCalls([])).toEqual([]);
  });
});

describe('putting events on the bus', () => {
  it('names the bus in every entry, since the event would otherwise go to the default bus', async () => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: accepted(1) });
    await eventBus('platform').put(entries(1, '{"a":1}'));
    expect(eventBridge.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toEqual([
      { EventBusName: 'platform', Source: 'huleedu.identity', DetailType: 'topic 0', Detail: '{"a":1}' },
    ]);
  });

  it('S48: returns an outcome for each entry', async () => {
    eventBridge.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [
        { EventId: 'one' },
        { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' },
        { EventId: 'two' },
      ],
    });
    expect(await eventBus('platform').put(entries(3))).toEqual([null, 'ThrottlingException', null]);
  });

  it('counts a failed call as a failure of its own entries, not of other calls', async () => {
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    eventBridge
      .on(PutEventsCommand)
      .rejectsOnce(throttled)
      .resolves({ FailedEntryCount: 0, Entries: accepted(10) });
    const outcomes = await eventBus('platform').put(entries(20));
    expect(outcomes.filter((code) => code === 'ThrottlingException')).toHaveLength(10);
    expect(outcomes.filter((code) => code === null)).toHaveLength(10);
  });

  it('counts an entry that the answer does not mention as not taken', async () => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: accepted(1) });
    expect(await eventBus('platform').put(entries(2))).toEqual([null, 'NoAnswer']);
  });
});
