/** Bodies from a route's own schema: such as it asks for, and such as are at its bounds. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import * as z from 'zod/mini';
import type { Schema } from '../../functions/contracts/http.ts';
import { grantTypes } from '../../functions/domain/client.ts';
import { tokenTypes } from '../../functions/domain/client-credentials.ts';
import { challengeOf, verifier } from '../support/grants.ts';
import { newEmail } from '../support/people.ts';
import { hostileString } from './hostile-strings.ts';
import type { World } from './world.ts';

export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly maxLength?: number;
  readonly format?: string;
}

export function jsonSchemaOf(schema: Schema): JsonSchema {
  const text = JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  // `{"type":["string","null"]}` is short for one of two schemas.
  return JSON.parse(text, (_, value) => {
    if (!Array.isArray(value?.type)) return value;
    const { type, ...rest } = value;
    return { anyOf: type.map((one: string) => ({ ...rest, type: one })) };
  });
}

/** A value of the schema, with what exists where it names something. */
export function valid(schema: JsonSchema, world: World, name = ''): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valid(one, world, name)));
  switch (schema.type) {
    case 'object':
      return object(schema, (member, key) => valid(member, world, key));
    case 'array':
      return fc.array(valid(schema.items ?? {}, world, name), { minLength: 1, maxLength: 3 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer();
    case 'null':
      return fc.constant(null);
    default:
      return named(name, schema, world);
  }
}

function object(schema: JsonSchema, member: (schema: JsonSchema, name: string) => fc.Arbitrary<unknown>) {
  const members = Object.entries(schema.properties ?? {}).map(([key, one]) => [key, member(one, key)] as const);
  return fc.record(Object.fromEntries(members), { requiredKeys: [...(schema.required ?? [])] });
}

/** Words of OAuth that a request may have. */
const words: Readonly<Record<string, readonly string[]>> = {
  grant_type: [...grantTypes, 'password'],
  client_assertion_type: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
  subject_token_type: Object.values(tokenTypes),
  requested_token_type: [tokenTypes.accessToken],
  code_verifier: [verifier],
  code_challenge: [challengeOf(verifier)],
  code_challenge_method: ['S256', 'plain'],
  response_type: ['code', 'token'],
  response_mode: ['query', 'form_post', 'fragment'],
  prompt: ['none', 'login', 'consent', 'select_account', 'create', 'none login'],
  scope: ['openid', 'openid email', 'offline_access', 'account'],
  max_age: ['0', '3600', '-1', '99999999999999999999'],
  acr_values: ['urn:identity:acr:1', 'urn:identity:acr:2'],
  claims: ['{"id_token":{"acr":{"essential":true}}}', '{"userinfo":{"email":null}}', '{"id_token":'],
  ui_locales: ['sv', 'en sv'],
  token_type_hint: ['refresh_token', 'access_token'],
};

/** What a field of this name holds, some of it stale or another's; now and then that of another field. */
export function named(name: string, schema: JsonSchema, world: World): fc.Arbitrary<string> {
  const of = (...makers: (() => string)[]) => fc.nat().map((n) => (makers[n % makers.length] as () => string)());
  const [owner, other, admin] = [0, 1, 2].map((index) => () => world.actors()[index as 0 | 1 | 2]) as [
    () => ReturnType<World['actors']>[0],
    () => ReturnType<World['actors']>[1],
    () => ReturnType<World['actors']>[2],
  ];
  const oneOf = words[name];
  if (oneOf) return fc.constantFrom(...oneOf);
  const ofFactors = world.factors();
  const shown = ofFactors[name];
  if (shown) {
    return of(...shown, ...shown, () => world.atClient().fields[name] ?? randomUUID());
  }
  // A refresh token or an access token is one of the JSON door, too.
  const ofClient = () => world.atClient().fields;
  if (name in ofClient() && !['refresh_token', 'token'].includes(name)) {
    return of(
      () => ofClient()[name] ?? '',
      () => ofClient()[name] ?? '',
      () => ofClient()[name] ?? '',
      () => Object.values(ofClient()).toSorted()[name.length % 9] ?? '',
    );
  }
  if (name === 'email')
    return of(
      newEmail,
      newEmail,
      () => other().email,
      () => owner().email.toUpperCase(),
    );
  if (name === 'refresh_token')
    return of(
      () => owner().refreshToken,
      () => other().refreshToken,
      () => ofClient().refresh_token ?? '',
      () => 'AQ',
    );
  if (name === 'token')
    return of(
      () => owner().refreshToken,
      () => other().accessToken,
      () => ofClient().refresh_token ?? '',
      () => ofClient().token ?? '',
      () => 'AQ',
      () => '',
    );
  if (name === 'password' || name === 'current_password')
    return of(
      () => owner().password,
      () => 'another horse, another staple',
      () => 'unbelievable',
    );
  if (name === 'new_password')
    return of(
      () => owner().password,
      () => 'short',
      () => 'unbelievable',
    );
  if (name === 'org_id')
    return of(
      () => owner().orgId,
      () => other().orgId,
      randomUUID,
    );
  if (name === 'user_id')
    return of(
      () => owner().userId,
      () => other().userId,
      () => admin().userId,
      randomUUID,
    );
  if (name === 'session_id')
    return of(
      () => owner().sessionId,
      () => other().sessionId,
      randomUUID,
    );
  if (name === 'roles') return fc.constantFrom('owner', 'admin', 'teacher', 'member', 'janitor');
  if (name === 'locale') return fc.constantFrom('sv', 'sv-SE', 'en-GB', 'zh-Hant-TW');
  if (name === 'limit') return fc.constantFrom('1', '50', '100');
  if (schema.format === 'date-time') return fc.constantFrom('2030-01-01T00:00:00Z', '9999-12-31T23:59:59Z');
  if (schema.format === 'uuid') return of(randomUUID);
  return fc.string({ minLength: 1, maxLength: Math.min(schema.maxLength ?? 40, 40) });
}

/** The same shape with every text at a bound of its length, or hostile. */
export function hostile(schema: JsonSchema, world: World, name = ''): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => hostile(one, world, name)));
  if (schema.type === 'object') return object(schema, (member, key) => hostile(member, world, key));
  if (schema.type === 'array') return fc.array(hostile(schema.items ?? {}, world, name), { maxLength: 25 });
  if (schema.type !== 'string') return valid(schema, world, name);
  const max = schema.maxLength ?? 256;
  const atBound = fc
    .constantFrom(max - 1, max, max + 1)
    .chain((length) => fc.constantFrom('a', 'å', '🔑').map((one) => one.repeat(length)));
  return fc.oneof(
    { weight: 3, arbitrary: hostileString },
    { weight: 1, arbitrary: atBound },
    { weight: 1, arbitrary: named(name, schema, world) },
  );
}

/** Names of the texts in it, `person_name.first_name`. */
export function textFields(schema: JsonSchema, path: readonly string[] = []): string[][] {
  if (schema.type === 'string' && !schema.enum) return [[...path]];
  const inside = [
    ...(schema.anyOf ?? []).flatMap((one) => textFields(one, path)),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, member]) => textFields(member, [...path, key])),
    ...(schema.items ? textFields(schema.items, [...path, '0']) : []),
  ];
  return inside;
}
