/** From topics on a bus to a function that consumes them, with nothing lost on the way. For every service's stacks. */
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { source as sourceOf } from '../../functions/contracts/events/envelope.ts';
import type { Topic } from '../../functions/contracts/events/registry.ts';

export interface EventRulesProps {
  readonly bus: IEventBus;
  /** By name; one that is not in the registry does not compile. */
  readonly topics: readonly [Topic, ...Topic[]];
  readonly target: IFunction;
  /**
   * Who may send them. By default each topic's own service, as the catalogue has it: whoever may put events on the bus
   * may name any topic, so a rule by topic alone takes everybody's word for it.
   */
  readonly sources?: readonly [string, ...string[]];
  /** How long delivery is tried, EventBridge's part and Lambda's each. EventBridge's own bound, 24 hours, by default. */
  readonly maxEventAge?: Duration;
  /** Lambda's tries after the first, when the function fails: one minute after it, then two. 0 to 2; 2 by default. */
  readonly functionRetries?: number;
  readonly removalPolicy?: RemovalPolicy;
}

/** EventBridge's own greatest. */
const DELIVERY_RETRIES = 185;

export class EventRules extends Construct {
  /** What could not be delivered, and what the function failed on to the end. To be alarmed on: it is empty in health. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: EventRulesProps) {
    super(scope, id);
    const {
      bus,
      topics,
      target,
      sources,
      maxEventAge = Duration.hours(24),
      functionRetries = 2,
      removalPolicy,
    } = props;

    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...(removalPolicy === undefined ? {} : { removalPolicy }),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself.',
    });

    // A rule for each service: one of all sources and all topics would let one service speak for another.
    const rules = sources
      ? [{ source: [...sources], detailType: [...topics] }]
      : [...Map.groupBy(topics, sourceOf)].map(([source, detailType]) => ({ source: [source], detailType }));
    for (const eventPattern of rules) {
      new Rule(this, `Rule-${eventPattern.source.join('-')}`, {
        eventBus: bus,
        eventPattern,
        targets: [
          new LambdaFunction(target, {
            deadLetterQueue: this.deadLetters,
            retryAttempts: DELIVERY_RETRIES,
            maxEventAge,
          }),
        ],
      });
    }

    // EventBridge has done its part when Lambda has queued the event; a function that throws is Lambda's to retry.
    target.configureAsyncInvoke({
      onFailure: new SqsDestination(this.deadLetters),
      retryAttempts: functionRetries,
      maxEventAge: Duration.seconds(Math.min(maxEventAge.toSeconds(), LONGEST_ASYNC_AGE)),
    });
  }
}

/** Lambda keeps an asynchronous event for six hours at most, seconds. */
const LONGEST_ASYNC_AGE = 6 * 60 * 60;
