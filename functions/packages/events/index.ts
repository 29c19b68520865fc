/**
 * The events on the bus as types, for services that consume them, in the same repository or from the package.
 *
 * ```ts
 * type Registered = EventBridgeEvent<'huleedu.identity.user.registered.v1', Envelope<'huleedu.identity.user.registered.v1'>>;
 * export async function handler({ source, detail }: Registered): Promise<void> { … detail.data.user_id … }
 * ```
 *
 * Types promise, they do not check: match `source` in the rule and in the function. If a function fails on a field that
 * is not as promised, the event is delivered again, and becomes a dead letter in the end.
 */
import type { EventsByTopic } from './models.ts';

export type * from './models.ts';

/** A topic's name is the entry's `DetailType`. */
export type Topic = keyof EventsByTopic;

/** What EventBridge carries in `Detail`. */
export interface Envelope<T extends Topic = Topic> {
  /** The consumer's idempotency key: delivery is at least once, and every copy has the same id. */
  readonly event_id: string;
  readonly event_type: T;
  /** RFC 3339, UTC: when it happened, not when it was sent. */
  readonly event_timestamp: string;
  readonly source_service: string;
  readonly schema_version: 1;
  readonly correlation_id: string;
  /** Where the schema of `data` is served; null while it is served nowhere. */
  readonly data_schema_uri: string | null;
  readonly data: EventsByTopic[T];
  readonly metadata: EventMetadata | null;
}

/** What this service puts into `metadata`; other services may put less, or something else. */
export interface EventMetadata {
  readonly aggregate_type?: string | undefined;
  readonly aggregate_id?: string | undefined;
  /** Rises per aggregate: it gives the order of two events. */
  readonly sequence?: number | undefined;
}
