/** The stage's event bus, and the rules that bring its events to the consumers. */
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { ServiceFunction } from './functions.ts';

/** No archive: the outbox keeps what was sent, and an archive would outlive the deletion of an account (S53). */
export function makeBus(scope: Construct, stage: string): EventBus {
  return new EventBus(scope, 'Bus', {
    eventBusName: `identity-${stage}`,
    description: `Events of the identity service, stage ${stage}`,
  });
}

/** One rule for each `events` trigger. What cannot be delivered goes where the function's own failures go. */
export function consumeEvents(
  scope: Construct,
  bus: EventBus,
  { spec, handler, deadLetters }: ServiceFunction,
): Rule[] {
  const subscriptions = spec.triggers.filter((trigger) => trigger.kind === 'events');
  return subscriptions.map(
    ({ topics }, index) =>
      new Rule(scope, `${spec.name}-events-${index}`, {
        eventBus: bus,
        description: `To ${spec.name}`,
        eventPattern: { detailType: [...topics] },
        targets: [new LambdaFunction(handler, deadLetters ? { deadLetterQueue: deadLetters } : {})],
      }),
  );
}
