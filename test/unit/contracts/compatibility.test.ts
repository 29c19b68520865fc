import { describe, expect, it } from 'vitest';
import { breaches } from '../../../functions/contracts/events/compatibility.ts';
import { type JsonSchema, modelSchemas, topicSchemas } from '../../../functions/contracts/events/json-schema.ts';

const TOPIC = 'huleedu.identity.session.revoked.v1';
const schemas = new Map([...modelSchemas(), ...topicSchemas()]);

// biome-ignore lint/suspicious/noExplicitAny: mutations reach anywhere into a schema.
type Mutation = (schema: any) => unknown;

describe('a change to a released schema', () => {
  it.each<[string, Mutation, string]>([
    ['a removed field', (s) => delete s.properties.data.properties.user_id, 'data.user_id was removed'],
    [
      'a renamed field',
      ({ properties: { data } }) => {
        data.properties.account_id = data.properties.user_id;
        delete data.properties.user_id;
      },
      'data.user_id was removed',
    ],
    [
      'another type',
      (s) => {
        s.properties.data.properties.session_id.type = 'integer';
      },
      'data.session_id changed its type from "string" to "integer"',
    ],
    [
      'another format',
      (s) => {
        s.properties.data.properties.session_id.format = 'uri';
      },
      'data.session_id changed its format from "uuid" to "uri"',
    ],
    [
      'a value that may now be null',
      (s) => {
        s.properties.source_service.type = ['string', 'null'];
      },
      'source_service changed its type from "string" to ["string","null"]',
    ],
    ['a field that became optional', (s) => s.properties.data.required.shift(), 'data.user_id became optional'],
    [
      'a narrower enum',
      (s) => s.properties.data.properties.reason.enum.pop(),
      'data.reason changed its enum from ["logout","user","admin","password_change","password_reset","reuse_detected","expired"] to',
    ],
    [
      'a wider enum, which consumers do not know',
      (s) => s.properties.data.properties.reason.enum.push('policy'),
      'data.reason changed its enum',
    ],
    [
      'a lower bound',
      (s) => {
        s.properties.source_service.minLength = 5;
      },
      'source_service changed its minLength from 1 to 5',
    ],
    [
      'an upper bound where there was none',
      (s) => {
        s.properties.source_service.maxLength = 20;
      },
      'source_service changed its maxLength from none to 20',
    ],
    [
      'another pattern',
      (s) => {
        s.properties.event_timestamp.pattern = '^2';
      },
      'event_timestamp changed its pattern from "Z$" to "^2"',
    ],
    [
      'a closed object',
      (s) => {
        s.properties.data.additionalProperties = false;
      },
      'data changed its additionalProperties from none to false',
    ],
    [
      'another topic in the envelope',
      (s) => {
        s.properties.event_type.const = 'huleedu.identity.session.ended.v1';
      },
      `event_type changed its const from "${TOPIC}" to "huleedu.identity.session.ended.v1"`,
    ],
    [
      'a new field that is required',
      ({ properties: { data } }) => {
        data.properties.device = { type: 'string' };
        data.required.push('device');
      },
      'data.device became required',
    ],
    [
      'a change within an alternative',
      (s) => {
        s.properties.metadata.anyOf[0].properties.sequence.type = 'string';
      },
      'metadata.sequence changed its type from "integer" to "string"',
    ],
    ['a lost alternative', (s) => s.properties.metadata.anyOf.pop(), 'metadata changed its anyOf from'],
    [
      'another name',
      (s) => {
        s.$id = 'urn:huleedu:schema:other';
      },
      'the schema changed its $id from',
    ],
  ])('%s fails, with topic and field in the message', (_, mutate, fault) => {
    expect(breachesAfter(TOPIC, mutate)).toContainEqual(expect.stringContaining(`${TOPIC}: ${fault}`));
  });

  it.each<[string, string, Mutation, string]>([
    [
      'an optional field that became required',
      'UserRegisteredV1',
      (s) => s.required.push('org_id'),
      'org_id became required',
    ],
    [
      'another default',
      'UsageRecordedV1',
      (s) => {
        s.properties.amount.default = 2;
      },
      'amount changed its default from 1 to 2',
    ],
    [
      'another item type',
      'ResourceAccessGrantedV1',
      (s) => {
        s.properties.rights.items.type = 'integer';
      },
      'rights[] changed its type',
    ],
    [
      'another type of map value',
      'NotificationEmailRequestedV1',
      (s) => {
        s.properties.variables.additionalProperties.type = 'integer';
      },
      'variables[] changed its type',
    ],
    [
      'a field removed from a list of objects',
      'PlanV1',
      (s) => delete s.properties.entitlements.items.properties.feature,
      'entitlements[].feature was removed',
    ],
  ])('%s fails, with model and field in the message', (_, model, mutate, fault) => {
    expect(breachesAfter(model, mutate)).toContainEqual(expect.stringContaining(`${model}: ${fault}`));
  });

  it.each<[string, Mutation]>([
    [
      'a new optional field',
      (s) => {
        s.properties.data.properties.device = { type: 'string' };
      },
    ],
    [
      'a new optional field of the envelope',
      (s) => {
        s.properties.trace = { type: 'object', required: ['id'] };
      },
    ],
    [
      'another description',
      (s) => {
        s.properties.data.properties.reason.description = 'Why.';
      },
    ],
    [
      'another title',
      (s) => {
        s.title = 'Session revoked';
      },
    ],
    ['another order of values', (s) => s.properties.data.properties.reason.enum.reverse()],
    ['another order of required fields', (s) => s.properties.data.required.reverse()],
  ])('%s passes', (_, mutate) => {
    expect(breachesAfter(TOPIC, mutate)).toEqual([]);
  });

  it('that takes any one field from any one schema fails', () => {
    for (const [name, schema] of schemas) {
      for (const field of Object.keys(schema.properties ?? {})) {
        expect(breachesAfter(name, (s) => delete s.properties[field])).toEqual([`${name}: ${field} was removed`]);
      }
    }
  });
});

function altered(name: string, mutate: Mutation): JsonSchema {
  const schema = structuredClone(schemas.get(name) ?? {});
  mutate(schema);
  return schema;
}

const breachesAfter = (name: string, mutate: Mutation) =>
  breaches(name, schemas.get(name) ?? {}, altered(name, mutate));
