/** The models as plain TypeScript, for services that consume events: no schema library, nothing at run time. */
import { fileURLToPath } from 'node:url';
import { type JsonSchema, modelSchemas } from './json-schema.ts';
import { events, topics } from './registry.ts';

/** The file of the declarations, in the package that other services import. */
export const declarationsFile = fileURLToPath(new URL('../../packages/events/models.ts', import.meta.url));

/** The file's text, as the formatter would write it. */
export function declarations(): string {
  return [
    '/** Written by `npm run contracts` from functions/contracts/events; do not edit. */\n',
    ...[...modelSchemas()].map(([name, schema]) => interfaceOf(name, schema)),
    `/** \`data\` by topic. */
export interface EventsByTopic {
${topics.map((topic) => `  readonly '${topic}': ${events[topic].model};`).join('\n')}
}
`,
  ].join('\n');
}

function interfaceOf(name: string, { description, properties = {}, required = [] }: JsonSchema): string {
  const members = Object.entries(properties).map(([field, schema]) => {
    const absent = 'default' in schema ? `${JSON.stringify(schema.default)} if it is left out.` : undefined;
    const member = `readonly ${field}${required.includes(field) ? '' : '?'}:`;
    return `${documentation([schema.description, absent], '  ')}  ${member}${broken(member, typeOf(schema))};`;
  });
  return `${documentation([description])}export interface ${name} {\n${members.join('\n')}\n}\n`;
}

function documentation(sentences: readonly (string | undefined)[], indent = ''): string {
  const text = sentences.filter((one) => one !== undefined).join(' ');
  return text === '' ? '' : `${indent}/** ${text} */\n`;
}

/** A union that is too long for one line has a line for each of its members. */
const broken = (member: string, type: string): string =>
  member.length + type.length < 115 ? ` ${type}` : `\n    | ${type.split(' | ').join('\n    | ')}`;

function typeOf(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if ('const' in schema) return `'${schema.const}'`;
  if (schema.type === 'array') return `readonly ${typeOf(schema.items as JsonSchema)}[]`;
  if (schema.type === 'integer') return 'number';
  if (schema.type !== 'object') return String(schema.type);
  if (!schema.properties) return `Readonly<Record<string, ${typeOf(schema.additionalProperties as JsonSchema)}>>`;
  return nameOf(schema);
}

/** An object within another must be a model of its own. @throws Error if it has no name: give it one in the registry */
function nameOf({ properties }: JsonSchema): string {
  const shape = JSON.stringify(properties);
  const [name] = [...modelSchemas()].find(([, model]) => JSON.stringify(model.properties) === shape) ?? [];
  if (!name) throw new Error(`an object in an event is not a model of its own: ${shape}`);
  return name;
}
