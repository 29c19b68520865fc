/** What EventBridge carries in `Detail`. Types and one builder: the relay's bundle gets no schema library from here. */
import type { EventData, Topic } from './registry.ts';

export interface Envelope<T extends Topic = Topic> {
  /** The consumer's idempotency key: delivery is at least once, and every copy has the same. */
  readonly event_id: string;
  readonly event_type: T;
  /** RFC 3339, UTC: when it happened, not when it was sent. */
  readonly event_timestamp: string;
  readonly source_service: string;
  readonly schema_version: 1;
  readonly correlation_id: string;
  /** Where the schema of `data` can be had; null while no place serves it. */
  readonly data_schema_uri: string | null;
  readonly data: EventData<T>;
  readonly metadata: EventMetadata | null;
}

/** What this service puts into `metadata`; other services may put less, or other things. */
export interface EventMetadata {
  readonly aggregate_type?: string | undefined;
  readonly aggregate_id?: string | undefined;
  /** Rises per aggregate: two events of one aggregate can be put in order by it. */
  readonly sequence?: number | undefined;
}

/** A row of the outbox, as the relay reads it. */
export interface OutboxEvent<T extends Topic = Topic> {
  readonly event_id: string;
  readonly topic: T;
  /** RFC 3339, UTC. */
  readonly occurred_at: string;
  readonly correlation_id: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly sequence: number;
  readonly data: EventData<T>;
}

/** The envelope of an outbox row; the same row always gives the same envelope, so a second sending is a true copy. */
export function envelope<T extends Topic>(row: OutboxEvent<T>): Envelope<T> {
  return {
    event_id: row.event_id,
    event_type: row.topic,
    event_timestamp: row.occurred_at,
    source_service: source(row.topic),
    schema_version: 1,
    correlation_id: row.correlation_id,
    data_schema_uri: null,
    data: row.data,
    metadata: { aggregate_type: row.aggregate_type, aggregate_id: row.aggregate_id, sequence: row.sequence },
  };
}

/** EventBridge's `Source` of a topic: `huleedu.identity.user.registered.v1` → `huleedu.identity`. */
export function source(topic: Topic): string {
  return topic.split('.', 2).join('.');
}
