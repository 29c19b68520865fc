import {
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  PutTargetsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { entrySize, MOST_BYTES } from '../../../lib/local/aws/event-entries.ts';
import { type EventBridge, eventBridgeService, type RecordedEvent } from '../../../lib/local/aws/events.ts';

const BUS = 'platform';
const LAMBDA = 'arn:aws:lambda:eu-north-1:000000000000:function:mailer';
const registered: PutEventsRequestEntry = {
  EventBusName: BUS,
  Source: 'huleedu.identity',
  DetailType: 'huleedu.identity.user.registered.v1',
  Detail: JSON.stringify({ event_id: 'e1', data: { email: 'ann@example.org' } }),
};

let clock: Date;
let events: EventBridge;
let endpoint: Endpoint;
let client: EventBridgeClient;
/** What PutTargets finds at LAMBDA got. */
let invoked: RecordedEvent[];

beforeEach(async () => {
  clock = new Date('2026-11-24T10:00:00.500Z');
  invoked = [];
  events = eventBridgeService({
    busNames: [BUS],
    keep: 20,
    now: () => clock,
    // Retries pass in no time, on the clock of the test.
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

const put = (...entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries: entries }));

describe('PutEvents', () => {
  it('gives each event an id and keeps it as a target sees it', async () => {
    const answer = await put(registered, {
      ...registered,
      Resources: ['arn:r'],
      Time: new Date('2026-01-02T03:04:05Z'),
    });
    expect(answer.FailedEntryCount).toBe(0);
    const [first, second] = answer.Entries ?? [];
    const seen = {
      version: '0',
      id: first?.EventId,
      'detail-type': 'huleedu.identity.user.registered.v1',
      source: 'huleedu.identity',
      account: '000000000000',
      time: '2026-11-24T10:00:00Z',
      region: 'eu-north-1',
      resources: [],
      detail: { event_id: 'e1', data: { email: 'ann@example.org' } },
    };
    expect(events.events()).toEqual([
      seen,
      { ...seen, id: second?.EventId, resources: ['arn:r'], time: '2026-01-02T03:04:05Z' },
    ]);
    expect(first?.EventId).not.toBe(second?.EventId);
  });

  it.each<[string, Partial<PutEventsRequestEntry>, string, string]>([
    [
      'no source',
      { Source: undefined },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      'no detail type',
      { DetailType: '' },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      'a detail type too long',
      { DetailType: 'x'.repeat(129) },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters.',
    ],
    [
      'no detail',
      { Detail: undefined },
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is no object', { Detail: '[1]' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a source of AWS', { Source: 'aws.ec2' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
  ])('refuses an entry with %s and takes the others', async (_, change, ErrorCode, ErrorMessage) => {
    const answer = await put(registered, { ...registered, ...change }, registered);
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries).toEqual([
      { EventId: expect.any(String) },
      { ErrorCode, ErrorMessage },
      { EventId: expect.any(String) },
    ]);
    expect(events.events()).toHaveLength(2);
  });

  it.each([0, 11])('refuses a request of %i entries as a whole', async (count) => {
    await expect(put(...Array.from({ length: count }, () => registered))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("at 'entries' failed to satisfy constraint"),
    });
    expect(events.events()).toEqual([]);
  });

  it('takes ten entries of a megabyte together, and refuses all of them for one byte more', async () => {
    const ofBytes = (bytes: number): PutEventsRequestEntry => {
      const bare = entrySize({ ...registered, Time: undefined, Detail: '{"pad":""}' });
      return { ...registered, Detail: JSON.stringify({ pad: 'x'.repeat(bytes - bare) }) };
    };
    const nine = Array.from({ length: 9 }, () => ofBytes(100_000));
    const rest = MOST_BYTES - 900_000;
    expect((await put(...nine, ofBytes(rest))).FailedEntryCount).toBe(0);
    await expect(put(...nine, ofBytes(rest + 1))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
  });

  it('counts UTF-8 bytes of source, detail type, detail and resources, and 14 for a time', () => {
    expect(entrySize({ Source: 'é', DetailType: 'ab', Detail: '{}', Resources: ['a', '€'], Time: 1 })).toBe(24);
  });

  it('answers with an id for a bus that does not exist, and drops the event, as EventBridge does', async () => {
    const answer = await put({ ...registered, EventBusName: 'nowhere' });
    expect(answer.Entries).toEqual([{ EventId: expect.any(String) }]);
    expect(events.events()).toEqual([]);
  });

  it('keeps the newest events only, up to the setting', async () => {
    for (let batch = 0; batch < 5; batch += 1) {
      const entries = Array.from({ length: 10 }, (_, i) => ({ ...registered, Detail: `{"n":${batch * 10 + i}}` }));
      await put(...entries);
    }
    expect(events.events().map(({ detail }) => detail.n)).toEqual(Array.from({ length: 20 }, (_, i) => 30 + i));
  });
});

describe('entries failed on order', () => {
  it('are refused one by one with the given code, until it ends', async () => {
    events.failEntries((entry) => entry.Detail === '{"n":2}', 'InternalFailure');
    const entries = [1, 2, 3].map((n) => ({ ...registered, Detail: `{"n":${n}}` }));
    const answer = await put(...entries);
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.[1]).toEqual({ ErrorCode: 'InternalFailure', ErrorMessage: 'Unexpected failure' });
    expect(events.events().map(({ detail }) => detail.n)).toEqual([1, 3]);

    events.failEntries(0);
    expect((await put(...entries)).FailedEntryCount).toBe(0);
  });

  it('can be a share of all entries', async () => {
    let draw = 0;
    const sharing = eventBridgeService({ busNames: [], random: () => (draw++ % 10) / 10 });
    sharing.failEntries(0.2);
    const Entries = Array.from({ length: 10 }, () => ({ ...registered, EventBusName: 'default' }));
    expect(await sharing.operations.PutEvents?.({ Entries })).toMatchObject({ FailedEntryCount: 2 });
    expect(sharing.events()).toHaveLength(8);
  });
});

describe('a rule', () => {
  it('gets the events of its bus that match, in the form that it keeps', async () => {
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

  it('is no hindrance to PutEvents, however long its target takes', async () => {
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

  it('tries a failing target again until it succeeds', async () => {
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
  ])('makes a dead letter when its retries end by %s', async (exhaustedRetryCondition, retry, expected) => {
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

  it('with a failing target holds back no other rule', async () => {
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

  it('that waits for a retry is given up when the host stops', async () => {
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

  it('can be made, read and listed through the API, and given a target by ARN', async () => {
    const EventPattern = JSON.stringify({ source: ['huleedu.identity'] });
    const rule = { Name: 'mail', EventBusName: BUS };
    const { RuleArn } = await client.send(new PutRuleCommand({ ...rule, EventPattern }));
    expect(RuleArn).toBe('arn:aws:events:eu-north-1:000000000000:rule/platform/mail');
    const Targets = [
      { Id: 'mailer', Arn: LAMBDA },
      { Id: 'nobody', Arn: 'arn:aws:sqs:eu-north-1:000000000000:queue' },
    ];
    const answer = await client.send(new PutTargetsCommand({ Rule: 'mail', EventBusName: BUS, Targets }));
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      FailedEntries: [{ TargetId: 'nobody', ErrorCode: 'ResourceNotFoundException' }],
    });

    const described = { ...rule, Arn: RuleArn, EventPattern, State: 'ENABLED' };
    expect(await client.send(new DescribeRuleCommand(rule))).toMatchObject(described);
    const { Rules } = await client.send(new ListRulesCommand({ EventBusName: BUS, NamePrefix: 'ma' }));
    expect(Rules).toEqual([described]);
    const targets = await client.send(new ListTargetsByRuleCommand({ Rule: 'mail', EventBusName: BUS }));
    expect(targets.Targets).toEqual([{ Id: 'mailer', Arn: LAMBDA }]);

    await put(registered);
    await events.settled();
    expect(invoked).toEqual(events.events());
  });

  it('that is disabled gets nothing, and keeps its targets for when it is enabled', async () => {
    const rule = { Name: 'mail', EventBusName: BUS, EventPattern: '{"source":["huleedu.identity"]}' };
    await client.send(new PutRuleCommand({ ...rule, State: 'DISABLED' }));
    const Targets = [{ Id: 'mailer', Arn: LAMBDA }];
    await client.send(new PutTargetsCommand({ Rule: 'mail', EventBusName: BUS, Targets }));
    await put(registered);
    await events.settled();
    expect(invoked).toEqual([]);

    await client.send(new PutRuleCommand({ ...rule, State: 'ENABLED' }));
    await put(registered);
    await events.settled();
    expect(invoked).toHaveLength(1);
  });

  it('with a pattern that is not valid is refused', async () => {
    const rule = { Name: 'bad', EventBusName: BUS, EventPattern: '{"source":"huleedu.identity"}' };
    const refused = client.send(new PutRuleCommand(rule));
    await expect(refused).rejects.toThrow(InvalidEventPatternException);
    await expect(refused).rejects.toThrow('Event pattern is not valid. Reason: "source" must be an object or an array');
  });

  it('on a bus that does not exist, or that does not exist itself, is not found', async () => {
    const rule = { Name: 'r', EventBusName: 'nowhere', EventPattern: '{"source":["a"]}' };
    await expect(client.send(new PutRuleCommand(rule))).rejects.toThrow(ResourceNotFoundException);
    await expect(client.send(new DescribeRuleCommand({ Name: 'r' }))).rejects.toThrow(ResourceNotFoundException);
    expect(() =>
      events.addRule({ name: 'r', busName: 'nowhere', pattern: { source: ['a'] }, target: async () => {} }),
    ).toThrow('Event bus nowhere does not exist.');
  });
});

describe('the bus', () => {
  it('is described, and found by its ARN as by its name', async () => {
    const { Name, Arn } = await client.send(new DescribeEventBusCommand({ Name: BUS }));
    expect([Name, Arn]).toEqual([BUS, 'arn:aws:events:eu-north-1:000000000000:event-bus/platform']);
    await put({ ...registered, EventBusName: Arn });
    expect(events.events()).toHaveLength(1);
  });

  it('tests a pattern against an event', async () => {
    const Event = JSON.stringify({
      id: '7bf73129-1428-4cd3-a780-95db273d1602',
      account: '123456789012',
      source: 'aws.ec2',
      time: '2015-11-11T21:29:54Z',
      region: 'us-east-1',
      resources: [],
      'detail-type': 'EC2 Instance State-change Notification',
      detail: { state: 'pending' },
    });
    const test = async (EventPattern: string, event = Event) =>
      (await client.send(new TestEventPatternCommand({ EventPattern, Event: event }))).Result;
    expect(await test('{"detail":{"state":["pending"]}}')).toBe(true);
    expect(await test('{"detail":{"state":["running"]}}')).toBe(false);
    await expect(test('{"detail":{}}')).rejects.toThrow(InvalidEventPatternException);
    await expect(test('{"source":["a"]}', '{}')).rejects.toThrow('Parameter Event is not valid. Reason: id is missing');
  });
});
