/** The stage's event bus, and the rules that bring its events to the consumers. */
import { Duration } from 'aws-cdk-lib';
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageSettings } from '../config.ts';
import type { EventQueue } from '../functions.ts';
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

/** One rule for each `events` trigger. What cannot be delivered goes where the function's own failures go. */
export function consumeEvents(scope: Construct, bus: EventBus, made: ServiceFunction): Rule[] {
  const { spec, handler, deadLetters } = made;
  const subscriptions = spec.triggers.filter((trigger) => trigger.kind === 'events');
  return subscriptions.map(({ topics, queue }, index) => {
    const props = deadLetters ? { deadLetterQueue: deadLetters } : {};
    const id = `${spec.name}-events-${index}`;
    return new Rule(scope, id, {
      eventBus: bus,
      description: `To ${spec.name}`,
      eventPattern: { detailType: [...topics] },
      targets: [
        queue
          ? new SqsQueue(queueBefore(scope, `${id}-queue`, made, queue), props)
          : new LambdaFunction(handler, props),
      ],
    });
  });
}

/** A queue that the function works off, an event at a time. */
function queueBefore(
  scope: Construct,
  id: string,
  { spec, handler, deadLetters }: ServiceFunction,
  { concurrency, attempts }: EventQueue,
): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    // Six times the function's timeout, as Lambda wants it: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    visibilityTimeout: Duration.seconds(6 * spec.timeout),
    ...(deadLetters ? { deadLetterQueue: { queue: deadLetters, maxReceiveCount: attempts } } : {}),
  });
  handler.addEventSource(new SqsEventSource(queue, { batchSize: 1, maxConcurrency: concurrency }));
  return queue;
}
