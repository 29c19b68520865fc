/** The envelope as a schema: for consumers that check events from the bus, and for the released JSON Schemas. */
import * as z from 'zod/mini';
import { correlation_id, id, optional, text, time } from './fields.ts';

const metadata = z.object({
  aggregate_type: optional(text),
  aggregate_id: optional(text),
  sequence: optional(z.int()).check(z.describe('Rises per aggregate: it gives the order of two events.')),
});

/**
 * The schema of one topic's envelope.
 * @param topic its name, which is the envelope's `event_type`
 * @param data the schema of its `data`, from the registry or, in a lean bundle, from its own file
 */
export function envelopeOf<const T extends string, D extends z.ZodMiniType>(topic: T, data: D) {
  return z.object({
    event_id: id.check(z.describe('The idempotency key: delivery is at least once, and every copy has the same id.')),
    event_type: z.literal(topic),
    event_timestamp: time.check(z.describe('When it happened, not when it was sent.')),
    source_service: text,
    schema_version: z.literal(1),
    correlation_id,
    data_schema_uri: z.nullable(z.string()),
    data,
    metadata: z.nullable(metadata),
  });
}
