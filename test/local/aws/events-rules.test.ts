import {
  DescribeEventBusCommand,
  DescribeRuleCommand,
  InvalidEventPatternException,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { BUS, client, events, invoked, LAMBDA, put, registered, useEventBus } from './running-event-bus.ts';

useEventBus();

describe('a rule', () => {
  it('can be made, read and listed through the API, and can get a target by ARN', async () => {
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

  it('with an invalid pattern is refused', async () => {
    const rule = { Name: 'bad', EventBusName: BUS, EventPattern: '{"source":"huleedu.identity"}' };
    const refused = client.send(new PutRuleCommand(rule));
    await expect(refused).rejects.toThrow(InvalidEventPatternException);
    await expect(refused).rejects.toThrow('Event pattern is not valid. Reason: "source" must be an object or an array');
  });

  it('is not found if it does not exist, or its bus does not', async () => {
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
