/** Builds what EventBridge carries in `Detail`. The relay's bundle gets no schema library from here. */
import type { Envelope, EventsByTopic } from '../../packages/events/index.ts';
import type { Topic } from './registry.ts';

export type { Envelope } from '../../packages/events/index.ts';

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
  readonly data: EventsByTopic[T];
}

/** The envelope of an outbox row. A row always gives the same envelope, so an event sent twice is a true copy. */
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

/** A topic's `Source` on EventBridge: `huleedu.identity.user.registered.v1` → `huleedu.identity`. */
export function source(topic: Topic): string {
  return topic.split('.', 2).join('.');
}
