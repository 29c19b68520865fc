import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { EventRules, type EventRulesProps } from '../../lib/aws/event-rules.ts';

describe('EventRules, in the stack of a service that consumes events', () => {
  const template = Template.fromStack(consumingStack());

  it('S61: lets the named topics through, each only from its own service', () => {
    expect(patternsOf(template)).toEqual([
      {
        source: ['huleedu.identity'],
        'detail-type': ['huleedu.identity.user.registered.v1', 'huleedu.identity.account.deleted.v1'],
      },
      { source: ['huleedu.email'], 'detail-type': ['huleedu.email.sent.v1'] },
    ]);
  });

  it('S61: lets a topic of several services through only from those that are named', () => {
    const asking = consumingStack({
      topics: ['huleedu.email.notification.requested.v1'],
      sources: ['huleedu.billing', 'huleedu.essays'],
    });
    expect(patternsOf(Template.fromStack(asking))).toEqual([
      { source: ['huleedu.billing', 'huleedu.essays'], 'detail-type': ['huleedu.email.notification.requested.v1'] },
    ]);
  });

  it('retries the delivery for the given time, and keeps events that cannot be delivered', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        Match.objectLike({
          RetryPolicy: { MaximumEventAgeInSeconds: 43_200, MaximumRetryAttempts: 185 },
          DeadLetterConfig: { Arn: Match.anyValue() },
        }),
      ],
    });
  });

  it('keeps events on which the function failed to the end, in the same queue', () => {
    const [queue] = Object.keys(template.findResources('AWS::SQS::Queue'));
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
    });
  });

  it('encrypts the queue, refuses access without TLS, and keeps its messages as long as SQS can', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('takes no topic that the registry does not have', () => {
    // @ts-expect-error the type is the registry's; a misspelt topic fails the build, and not silently in production
    const misspelt: ConstructorParameters<typeof EventRules>[2]['topics'] = ['huleedu.identity.user.registred.v1'];
    expect(misspelt).toHaveLength(1);
  });
});

const patternsOf = (template: Template) =>
  Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties.EventPattern);

function consumingStack(more: Partial<EventRulesProps> = {}): Stack {
  const stack = new Stack(new App(), 'Consumer');
  const target = new LambdaFunction(stack, 'Welcome', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => {};'),
  });
  new EventRules(stack, 'WelcomeRules', {
    bus: EventBus.fromEventBusName(stack, 'Bus', 'platform'),
    topics: ['huleedu.identity.user.registered.v1', 'huleedu.identity.account.deleted.v1', 'huleedu.email.sent.v1'],
    target,
    maxEventAge: Duration.hours(12),
    ...more,
  });
  return stack;
}
