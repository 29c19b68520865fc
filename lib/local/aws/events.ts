/**
 * The local EventBridge: accepts events as the service would, delivers them to the rules' targets, and keeps them for
 * tests to look at. It has no archives, no schedules and no buses of other accounts.
 */
import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import {
  createDeliveries,
  type Deliveries,
  type DeliveryOptions,
  type RetryPolicy,
  type Target,
} from './event-delivery.ts';
import { checkRequest, type Entry, type RecordedEvent, type Refusal, refusal, toEvent } from './event-entries.ts';
import { createRules, DEFAULT_BUS } from './event-rules.ts';
import type { Wire } from './protocol.ts';
import type { AwsService } from './service.ts';

export type { DeadLetter, RetryPolicy, Target } from './event-delivery.ts';
export type { RecordedEvent } from './event-entries.ts';

export interface EventBridgeOptions extends Partial<DeliveryOptions> {
  /** Buses besides `default`. */
  readonly busNames: readonly string[];
  readonly accountId?: string;
  readonly region?: string;
  /** How many of the newest events to keep. */
  readonly keep?: number;
  /** The target that PutTargets finds at an ARN; none by default. */
  readonly targetAt?: (arn: string) => Target | undefined;
}

export interface EventBridge extends AwsService, Pick<Deliveries, 'deadLetters' | 'settled' | 'stop'> {
  /**
   * Adds a rule with one target on this machine.
   * @throws AwsError for a pattern that is not valid, or a bus that does not exist
   */
  addRule(rule: LocalRule): void;
  /** Puts an event of an AWS service on the default bus, which PutEvents lets nobody do. */
  publish(event: Pick<RecordedEvent, 'source' | 'detail-type' | 'resources' | 'detail'>): void;
  /** The events that the buses accepted, as a rule's target sees them, oldest first. */
  events(): readonly RecordedEvent[];
  /** Forgets the events and the fault. */
  clear(): void;
  /** From now on PutEvents refuses these entries; `failEntries(0)` ends it. */
  failEntries(which: EntryFault, code?: EntryErrorCode): void;
}

export interface LocalRule {
  readonly name: string;
  readonly busName: string;
  readonly pattern: object;
  readonly target: Target;
  /** Names the target in dead letters. */
  readonly targetArn?: string;
  readonly retry?: RetryPolicy;
}

/** The first two are about the bus and ask for another try, the third is about the entry. */
export type EntryErrorCode = 'ThrottlingException' | 'InternalFailure' | 'NotAuthorizedForSourceException';

/** A share of the entries, 0 to 1, or the entries for which the function returns true. */
export type EntryFault = number | ((entry: Entry) => boolean);

export function eventBridgeService(options: EventBridgeOptions): EventBridge {
  const { busNames, accountId = '000000000000', region = 'eu-north-1', keep = 50_000 } = options;
  const { now = () => new Date(), random = Math.random, targetAt = () => undefined } = options;
  const rules = createRules({ busNames, accountId, region, targetAt });
  const deliveries = createDeliveries({ now, random, pause: options.pause });
  let kept: RecordedEvent[] = [];
  let fault: { which: EntryFault; refusal: Refusal } | undefined;

  function putEntry(entry: Entry): { EventId: string } | Refusal {
    const refused = refusal(entry) ?? ordered(entry);
    if (refused) return refused;
    const event = toEvent(entry, { accountId, region, now: now() });
    put(event, entry.EventBusName ?? DEFAULT_BUS);
    return { EventId: event.id };
  }

  /** EventBridge accepts an event for a bus that does not exist, answers with an id, and drops it (aws-cli#9186). */
  function put(event: RecordedEvent, bus: string): void {
    const onBus = rules.ofBus(bus);
    if (!onBus) return;
    record(event);
    for (const rule of onBus) {
      if (!rule.enabled || !rule.matches(event)) continue;
      for (const { arn, deliver, retry } of rule.targets.values()) {
        deliveries.begin({ event, ruleArn: rule.arn, targetArn: arn, target: deliver, retry });
      }
    }
  }

  /** Cuts the list seldom, because each cut copies it. */
  function record(event: RecordedEvent): void {
    kept.push(event);
    if (kept.length >= 2 * keep) kept = kept.slice(-keep);
  }

  function ordered(entry: Entry): Refusal | undefined {
    if (!fault) return undefined;
    const { which } = fault;
    const struck = typeof which === 'number' ? random() < which : which(entry);
    return struck ? fault.refusal : undefined;
  }

  return {
    id: 'events',
    operations: {
      ...rules.operations,
      PutEvents({ Entries }: Wire<PutEventsRequest>) {
        const results = checkRequest(Entries).map(putEntry);
        return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
      },
    },
    addRule({ name, busName, pattern, target, targetArn = `local:${name}`, retry = {} }) {
      const rule = rules.put({ name, busName, pattern: JSON.stringify(pattern) });
      rule.targets.set('local', { id: 'local', arn: targetArn, deliver: target, retry });
    },
    publish({ source, 'detail-type': DetailType, resources, detail }) {
      const entry = { Source: source, DetailType, Resources: [...resources], Detail: JSON.stringify(detail) };
      put(toEvent(entry, { accountId, region, now: now() }), DEFAULT_BUS);
    },
    events: () => kept.slice(-keep),
    clear() {
      kept = [];
      fault = undefined;
    },
    failEntries(which, code = 'ThrottlingException') {
      fault =
        which === 0 ? undefined : { which, refusal: { ErrorCode: code, ErrorMessage: 'A fault ordered for a test' } };
    },
    deadLetters: deliveries.deadLetters,
    settled: deliveries.settled,
    stop: deliveries.stop,
  };
}
