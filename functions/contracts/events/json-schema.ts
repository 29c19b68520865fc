/** The registry as JSON Schemas (2020-12), with which services in any language can check events. */
import * as z from 'zod/mini';
import { envelopeOf } from './envelope-schema.ts';
import { nullsRead } from './fields.ts';
import { events, sharedModels, topics } from './registry.ts';

export interface JsonSchema {
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** The data models, by name. */
export function modelSchemas(): Map<string, JsonSchema> {
  const ofTopics = topics.map((topic) => {
    const { model, schema, when } = events[topic];
    return [model, toJsonSchema(schema, model, `\`data\` of ${topic}. ${when}`)] as const;
  });
  const shared = Object.entries(sharedModels).map(
    ([name, { schema, about }]) => [name, toJsonSchema(schema, name, about)] as const,
  );
  return new Map([...ofTopics, ...shared]);
}

/** The envelopes with their data, by topic: what a rule's target finds in `detail`. */
export function topicSchemas(): Map<string, JsonSchema> {
  return new Map(
    topics.map((topic) => {
      const { schema, when } = events[topic];
      return [topic, toJsonSchema(envelopeOf(topic, schema), topic, when)];
    }),
  );
}

/** Describes the wire format: a field with a default may be absent. `output` would require it and close the objects. */
function toJsonSchema(schema: z.ZodMiniType, name: string, description: string): JsonSchema {
  const { $schema, ...rest }: JsonSchema = JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { io: 'input', override: asReleased })),
  );
  return { $schema, $id: `urn:huleedu:schema:${name}`, title: name, description, ...rest };
}

/** A released schema stays as it is, whatever else is accepted, and however zod writes it. */
export function asReleased({ zodSchema, jsonSchema }: { zodSchema: object; jsonSchema: z.core.JSONSchema.BaseSchema }) {
  if (nullsRead.has(zodSchema)) {
    const { anyOf: [value] = [{ type: 'string' }] } = jsonSchema;
    for (const keyword of ['anyOf', 'type'] as const) delete jsonSchema[keyword];
    Object.assign(jsonSchema, value);
  }
  // zod's own patterns for these formats are long and change with its version.
  if (jsonSchema.format === 'uuid') delete jsonSchema.pattern;
  if (jsonSchema.format === 'date-time') jsonSchema.pattern = 'Z$';
}
