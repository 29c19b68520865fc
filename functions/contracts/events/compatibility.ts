/** How a released schema may change: it may gain optional fields, nothing else. Its descriptions may change freely. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from './json-schema.ts';

const ANNOTATIONS = new Set(['title', 'description', 'examples', '$comment']);

/**
 * Compares a released schema with today's.
 * @param name topic or model, for the messages
 * @returns one line for each breach: `huleedu.identity.user.registered.v1: data.email was removed`; none if compatible
 */
export function breaches(name: string, released: JsonSchema, current: JsonSchema): string[] {
  return schemaBreaches('', released, current).map(([field, fault]) => `${name}: ${field || 'the schema'} ${fault}`);
}

type Breach = readonly [field: string, fault: string];

function schemaBreaches(field: string, released: JsonSchema, current: JsonSchema): Breach[] {
  const keywords = new Set([...Object.keys(released), ...Object.keys(current)]);
  return [...keywords]
    .filter((keyword) => !ANNOTATIONS.has(keyword))
    .flatMap((keyword) => keywordBreaches(field, keyword, released, current));
}

function keywordBreaches(field: string, keyword: string, released: JsonSchema, current: JsonSchema): Breach[] {
  const [before, after] = [released[keyword], current[keyword]];
  switch (keyword) {
    case 'properties':
      return Object.entries(released.properties ?? {}).flatMap(([name, schema]): Breach[] => {
        const now = current.properties?.[name];
        return now ? schemaBreaches(join(field, name), schema, now) : [[join(field, name), 'was removed']];
      });
    case 'required':
      return [
        ...without(current.required, released.required).map((name): Breach => [join(field, name), 'became required']),
        ...without(released.required, current.required)
          .filter((name) => current.properties?.[name])
          .map((name): Breach => [join(field, name), 'became optional']),
      ];
    case 'enum':
      return isDeepStrictEqual(sorted(before), sorted(after)) ? [] : [[field, changed(keyword, before, after)]];
    case 'items':
    case 'additionalProperties':
    case 'propertyNames':
      if (isSchema(before) && isSchema(after)) return schemaBreaches(`${field}[]`, before, after);
      break;
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
      if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
        return before.flatMap((branch, i) => schemaBreaches(field, branch, after[i]));
      }
  }
  return isDeepStrictEqual(before, after) ? [] : [[field, changed(keyword, before, after)]];
}

const join = (field: string, name: string) => (field ? `${field}.${name}` : name);
const without = (names: readonly string[] = [], others: readonly string[] = []) =>
  names.filter((name) => !others.includes(name));
const sorted = (values: unknown) =>
  Array.isArray(values) ? values.map((value) => JSON.stringify(value)).sort() : values;
const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
const changed = (keyword: string, before: unknown, after: unknown) =>
  `changed its ${keyword} from ${JSON.stringify(before) ?? 'none'} to ${JSON.stringify(after) ?? 'none'}`;
