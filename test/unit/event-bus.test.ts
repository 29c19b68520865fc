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
      Entries: [{ EventId: 'one' }, { ErrorCode: 'MalformedDetail', ErrorMessage: 'Not JSON' }, { EventId: 'two' }],
    });
    expect(await eventBus('platform').put(entries(3))).toEqual([
      null,
      { code: 'MalformedDetail', outage: false },
      null,
    ]);
  });

  it.each([
    ['InternalFailure', true],
    ['ThrottlingException', true],
    ['AccessDeniedException', true],
    ['InvalidAccountIdException', true],
    ['SomethingNew', true],
    ['InvalidArgument', false],
    ['MalformedDetail', false],
    ['RedactionFailure', false],
    ['NotAuthorizedForSourceException', false],
    ['NotAuthorizedForDetailTypeException', false],
  ])('S48: tells what is about the bus from what is about the entry: %s', async (ErrorCode, outage) => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode }] });
    expect(await eventBus('platform').put(entries(1))).toEqual([{ code: ErrorCode, outage }]);
  });

  it.each(['ThrottlingException', 'InternalException', 'TimeoutError', 'AccessDeniedException'])(
    'takes a call that failed for an outage of its own entries, not of other calls: %s',
    async (name) => {
      eventBridge
        .on(PutEventsCommand)
        .rejectsOnce(Object.assign(new Error('failed'), { name }))
        .resolves({ FailedEntryCount: 0, Entries: accepted(10) });
      const outcomes = await eventBus('platform').put(entries(20));
      expect(outcomes.filter((untaken) => untaken?.code === name && untaken.outage)).toHaveLength(10);
      expect(outcomes.filter((untaken) => untaken === null)).toHaveLength(10);
    },
  );

  it('finds the entry that makes a whole request invalid, and sends the others', async () => {
    const bad = (sent: unknown) => JSON.stringify(sent).includes('topic 4');
    eventBridge.on(PutEventsCommand).callsFake(({ Entries = [] }) => {
      if (bad(Entries)) throw Object.assign(new Error('too large'), { name: 'ValidationException' });
      return { FailedEntryCount: 0, Entries: accepted(Entries.length) };
    });
    const outcomes = await eventBus('platform').put(entries(10));
    expect(outcomes[4]).toEqual({ code: 'ValidationException', outage: false });
    expect(outcomes.filter((untaken) => untaken === null)).toHaveLength(9);
  });

  it('counts an entry that the answer does not mention as not taken', async () => {
    eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: accepted(1) });
    expect(await eventBus('platform').put(entries(2))).toEqual([null, { code: 'NoAnswer', outage: true }]);
  });
});
