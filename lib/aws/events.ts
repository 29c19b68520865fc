/** The stage's event bus, and the rules that bring its events to the consumers. */
import { Duration } from 'aws-cdk-lib';
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { StageSettings } from '../config.ts';
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
