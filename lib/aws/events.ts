/** The stage's event bus, and the rules that bring its events to the consumers. */
import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { patience } from '../../functions/domain/patience.ts';
import type { StageSettings } from '../service/config.ts';
import { type EventQueue, patternOf } from '../service/functions.ts';
import { publishSchemas } from './event-schemas.ts';
import type { ServiceFunction } from './functions.ts';

/** Without an archive unless the settings ask for one: it outlives the deletion of an account (S53). */
export function makeBus(scope: Construct, { stage, deployment }: StageSettings): EventBus {
  const bus = new EventBus(scope, 'Bus', {
    eventBusName: `identity-${stage}`,
    description: `Events of the identity service, stage ${stage}`,
  });
  if (deployment.eventArchiveDays > 0) {
    bus.archive('Archive', {
      archiveName: `identity-${stage}`,
      description: `Events of the identity service, stage ${stage}, for a replay`,
      // Only what is ours: a pattern is needed, and other services may use the bus.
      eventPattern: { source: Match.prefix('huleedu.') },
      retention: Duration.days(deployment.eventArchiveDays),
    });
  }
  if (deployment.publishSchemas) publishSchemas(new Construct(scope, 'EventSchemas'), stage);
  return bus;
}

/**
 * One rule for each pattern of an `events` trigger. On the default bus only events of this account: another account that
 * may put events there passes on its own AWS events.
 *
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html
 *
 * What cannot be delivered goes where the function's own failures go. */
export function consumeEvents(scope: Construct, own: EventBus, made: ServiceFunction, stage: string): Rule[] {
  const { spec, handler, deadLetters } = made;
  const subscriptions = spec.triggers.filter((trigger) => trigger.kind === 'events');
  return subscriptions.flatMap(({ bus, patterns, queue }, index) => {
    const props = deadLetters ? { deadLetterQueue: deadLetters } : {};
    const id = `${spec.name}-events-${index}`;
    const target = queue
      ? new SqsQueue(queueBefore(scope, `${id}-queue`, made, queue), props)
      : new LambdaFunction(handler, props);
    return patterns
      .map((pattern) => patternOf(pattern, stage))
      .map(
        (pattern, number) =>
          new Rule(scope, `${id}-${number}`, {
            ...(bus === 'default' ? {} : { eventBus: own }),
            description: `To ${spec.name}`,
            eventPattern: {
              // CDK's types know operators by its own Match alone, which the local host could not read.
              source: pattern.source as string[],
              detailType: [...pattern['detail-type']],
              ...(bus === 'default' && { account: [Stack.of(scope).account] }),
              ...(pattern.detail && { detail: pattern.detail }),
            },
            targets: [target],
          }),
      );
  });
}

/**
 * The most that SQS allows. The function itself ends the wait (functions/consumers/each-message.ts): by then a message
 * came some 170 times. This is for events at which the function dies before it can.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
const MOST_RECEIVED = 1_000;

/** A queue that the function works off, an event at a time. */
function queueBefore(
  scope: Construct,
  id: string,
  { spec, handler, deadLetters }: ServiceFunction,
  { concurrency }: EventQueue,
): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    // Six times the function's timeout, as Lambda wants it: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    visibilityTimeout: Duration.seconds(Math.max(6 * spec.timeout, patience.shortest)),
    ...(deadLetters ? { deadLetterQueue: { queue: deadLetters, maxReceiveCount: MOST_RECEIVED } } : {}),
  });
  handler.addEventSource(
    // One that fails does not bring back those that were handled beside it, whatever the batch's size.
    new SqsEventSource(queue, { batchSize: 1, maxConcurrency: concurrency, reportBatchItemFailures: true }),
  );
  return queue;
}
