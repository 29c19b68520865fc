import { build } from 'esbuild';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as z from 'zod/mini';
import * as email from '../../../functions/contracts/events/email.ts';
import * as entitlements from '../../../functions/contracts/events/entitlements.ts';
import { type Envelope, envelope, type OutboxEvent, source } from '../../../functions/contracts/events/envelope.ts';
import { envelopeOf } from '../../../functions/contracts/events/envelope-schema.ts';
import * as identity from '../../../functions/contracts/events/identity.ts';
import * as jwks from '../../../functions/contracts/events/jwks.ts';
import {
  type EventData,
  events,
  sharedModels,
  type Topic,
  topics,
} from '../../../functions/contracts/events/registry.ts';
import { CONTRACT, SHARED } from './platform-contract.ts';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const AT = '2026-11-24T10:00:00.000Z';
const registered = { user_id: ID, email: 'ann@example.org', registered_at: AT, correlation_id: ID };
const row: OutboxEvent<'huleedu.identity.user.registered.v1'> = {
  event_id: ID,
  topic: 'huleedu.identity.user.registered.v1',
  occurred_at: AT,
  correlation_id: ID,
  aggregate_type: 'user',
  aggregate_id: ID,
  sequence: 3,
  data: registered,
};

describe('the event contracts', () => {
  it.each(Object.entries(CONTRACT))('%s has its model and fields to the letter', (topic, [model, fields]) => {
    const contract = events[topic as Topic];
    expect(contract.model).toBe(model);
    expect(fieldsOf(contract.schema, fields)).toBe(fields);
  });

  it.each(Object.entries(SHARED))('%s, without a topic, has its fields to the letter', (name, fields) => {
    expect(fieldsOf(sharedModels[name as keyof typeof sharedModels].schema, fields)).toBe(fields);
  });

  it('register each model that is declared', () => {
    const registered = new Set<object>(
      [...Object.values(events), ...Object.values(sharedModels)].map(({ schema }) => schema),
    );
    const models = Object.entries({ ...identity, ...email, ...entitlements, ...jwks });
    // Name it in functions/contracts/events/registry.ts.
    expect(models.filter(([, schema]) => !registered.has(schema)).map(([name]) => name)).toEqual([]);
  });

  it('have no topic that the contract does not name', () => {
    expect(topics).toEqual(Object.keys(CONTRACT));
  });

  it.each([
    [
      'huleedu.identity.login.failed.v1',
      'reason',
      'user_not_found, invalid_password, account_locked, email_unverified, rate_limit_exceeded',
    ],
    [
      'huleedu.identity.session.revoked.v1',
      'reason',
      'logout, user, admin, password_change, password_reset, reuse_detected, expired',
    ],
    [
      'huleedu.email.notification.requested.v1',
      'category',
      'verification, password_reset, receipt, teacher_notification, system',
    ],
  ] as const)('%s allows for %s exactly: %s, %s', (topic, field, values) => {
    const shape: Record<string, z.ZodMiniType> = events[topic].schema.shape;
    expect((shape[field] as z.ZodMiniEnum).options.join(', ')).toBe(values);
  });

  it('accept a field that a later release added', () => {
    const { schema } = events['huleedu.identity.user.registered.v1'];
    expect(schema.parse({ ...registered, referrer: 'a friend' })).toEqual(registered);
  });

  it('S63: read null for an optional field as omitted, in what other services publish', () => {
    const subject = { type: 'org', id: 'o' };
    const correlation_id = '0197f3a0-0000-7000-8000-000000000001';
    const time = '2026-06-01T12:30:00Z';
    const parse = (topic: Topic, data: object) => events[topic].schema.parse({ ...data, correlation_id });
    const changed = { subject, new_plan_id: 'p', changed_at: time };
    expect(parse('huleedu.entitlements.subscription.changed.v1', { ...changed, old_plan_id: null })).toEqual({
      ...changed,
      correlation_id,
    });
    const granted = { resource_id: 'r', subject: null, email_hash: null, rights: null, expires_at: null };
    expect(parse('huleedu.entitlements.resource.access.granted.v1', granted)).toEqual({
      resource_id: 'r',
      rights: ['read'],
      correlation_id,
    });
    const used = { subject, metric: 'm', amount: null, authorization_id: 'a', expires_at: null };
    expect(parse('huleedu.entitlements.usage.authorized.v1', used)).toMatchObject({ amount: 1 });
    const asked = { message_id: 'm', template_id: 't', to: 'a@b.example', category: 'system' };
    const variables = { subject: 's', locale: null };
    expect(parse('huleedu.email.notification.requested.v1', { ...asked, variables })).toMatchObject({
      variables: { subject: 's' },
    });
    expect(sharedModels.EntitlementDefinitionV1.schema.parse({ feature: 'f', cost_per_unit: null })).toEqual({
      feature: 'f',
    });
    // A required field may not be omitted.
    expect(() => parse('huleedu.email.notification.requested.v1', { ...asked, variables, to: null })).toThrow();
  });

  it('fill in the defaults that a producer left out', () => {
    const subject = { type: 'user', id: ID };
    const usage = { subject, metric: 'essays', authorization_id: 'a1', correlation_id: ID };
    expect(events['huleedu.entitlements.usage.authorized.v1'].schema.parse(usage)).toEqual({ ...usage, amount: 1 });
    const grant = { resource_id: 'essay-1', correlation_id: ID };
    const granted = events['huleedu.entitlements.resource.access.granted.v1'].schema.parse(grant);
    expect(granted).toEqual({ ...grant, rights: ['read'] });
  });

  it.each([
    ['a time with an offset', { registered_at: '2026-11-24T11:00:00+01:00' }],
    ['a time without a zone', { registered_at: '2026-11-24T11:00:00' }],
    ['an id that is not a UUID', { user_id: 'ann' }],
    ['a missing field', { email: undefined }],
  ])('refuse %s', (_, change) => {
    const { schema } = events['huleedu.identity.user.registered.v1'];
    expect(schema.safeParse({ ...registered, ...change }).success).toBe(false);
  });
});

describe('the envelope', () => {
  it('of an outbox row names its topic, its service and its place in the aggregate', () => {
    expect(envelope(row)).toEqual({
      event_id: ID,
      event_type: 'huleedu.identity.user.registered.v1',
      event_timestamp: AT,
      source_service: 'huleedu.identity',
      schema_version: 1,
      correlation_id: ID,
      data_schema_uri: null,
      data: registered,
      metadata: { aggregate_type: 'user', aggregate_id: ID, sequence: 3 },
    });
  });

  it('as built satisfies the schema with which consumers check it', () => {
    const schema = envelopeOf(row.topic, events[row.topic].schema);
    expect(schema.parse(JSON.parse(JSON.stringify(envelope(row))))).toEqual(envelope(row));
    expectTypeOf<z.output<typeof schema>>().toExtend<Envelope<typeof row.topic>>();
    expectTypeOf<EventData<typeof row.topic>['org_id']>().toEqualTypeOf<string | undefined>();
  });

  it('of another service may lack metadata, or hold other members in it', () => {
    const schema = envelopeOf(row.topic, events[row.topic].schema);
    expect(schema.safeParse({ ...envelope(row), metadata: null }).success).toBe(true);
    expect(schema.safeParse({ ...envelope(row), metadata: { trace: 'x' } }).success).toBe(true);
  });

  it('of one topic is refused where another is expected', () => {
    const schema = envelopeOf('huleedu.identity.email.verified.v1', events[row.topic].schema);
    expect(schema.safeParse(envelope(row)).success).toBe(false);
  });

  it('comes from the service that owns the topic', () => {
    expect(new Set(topics.map(source))).toEqual(new Set(['huleedu.identity', 'huleedu.email', 'huleedu.entitlements']));
  });

  it('is built without a schema library in the bundle', async () => {
    const entry = new URL('../../../functions/contracts/events/envelope.ts', import.meta.url).pathname;
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'esm',
      metafile: true,
    });
    expect(Object.keys(metafile.inputs)).toHaveLength(1);
  });
});

/** `user_id, org_id?, amount=1`: the notation of the contract, without the optional fields that it does not name. */
function fieldsOf(schema: z.ZodMiniObject, contract: string): string {
  return Object.entries(schema.shape)
    .map(([name, field]) => {
      const absent = (field as z.ZodMiniType).safeParse(undefined);
      if (!absent.success) return name;
      return absent.data === undefined ? `${name}?` : `${name}=${JSON.stringify(absent.data)}`;
    })
    .filter((field) => !field.endsWith('?') || contract.split(', ').includes(field))
    .join(', ');
}
