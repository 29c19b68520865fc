/** The page for people: every topic, its model, its fields, and when it is sent. */
import { source } from './envelope.ts';
import { type JsonSchema, modelSchemas } from './json-schema.ts';
import { events, sharedModels, topics } from './registry.ts';

const PREAMBLE = `# Event catalogue

Written by \`npm run contracts\` from functions/contracts/events; do not edit.

On the bus a topic is the EventBridge detail type, and \`detail\` is the envelope: \`event_id\`, \`event_type\` (the topic),
\`event_timestamp\`, \`source_service\`, \`schema_version\`, \`correlation_id\`, \`data_schema_uri\`, \`data\` (the fields below) and
\`metadata\` (\`aggregate_type\`, \`aggregate_id\`, \`sequence\`). topics/ holds the JSON Schema of each topic's envelope, models/ of
each model alone. Delivery is at least once: \`event_id\` is the idempotency key. Accept fields that are not named here:
a released schema may gain optional fields, and changes in no other way. In events of other services \`null\` for an optional
field means that it is left out: producers in some languages write it, though the JSON Schemas name only the value.`;

/** The catalogue as Markdown. */
export function catalogue(): string {
  const schemas = modelSchemas();
  const fieldsOf = (model: string) => fieldTable(schemas.get(model) ?? {});
  const overview = table([
    ['topic', 'source', 'model', 'sent when'],
    ...topics.map((topic) => [topic, source(topic), events[topic].model, events[topic].when]),
  ]);
  return [
    PREAMBLE,
    overview,
    ...topics.flatMap((topic) => [
      `## ${topic}`,
      `${events[topic].model}. ${events[topic].when}`,
      fieldsOf(events[topic].model),
    ]),
    '# Models without a topic',
    ...Object.entries(sharedModels).flatMap(([name, { about }]) => [`## ${name}`, about, fieldsOf(name)]),
  ].join('\n\n');
}

function fieldTable({ properties = {}, required = [] }: JsonSchema): string {
  const rows = Object.entries(properties).map(([name, field]) => {
    const absent = 'default' in field ? `default \`${JSON.stringify(field.default)}\`` : 'optional';
    return [name, typeOf(field), required.includes(name) ? 'required' : absent, field.description ?? ''];
  });
  return table([['field', 'type', 'presence', 'meaning'], ...rows]);
}

/** The first row is the head. The cells are padded, so that the table is readable as plain text, too. */
function table([head = [], ...rows]: readonly string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function typeOf(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.type === 'array') return `list of ${typeOf(schema.items as JsonSchema)}`;
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  if (schema.type === 'object') return `map of string to ${typeOf(schema.additionalProperties as JsonSchema)}`;
  return String(schema.format ?? schema.type);
}
