import { build } from 'esbuild';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as z from 'zod/mini';
import { type Envelope, envelope, type OutboxEvent, source } from '../../../functions/contracts/events/envelope.ts';
import { envelopeOf } from '../../../functions/contracts/events/envelope-schema.ts';
import {
  type EventData,
  events,
  sharedModels,
  type Topic,
  topics,
} from '../../../functions/contracts/events/registry.ts';

/** Transcribed from the platform's contract, `?` for optional and `=` for a default: the code is held to this table. */
const CONTRACT: Record<Topic, [model: string, fields: string]> = {
  'huleedu.identity.user.registered.v1': ['UserRegisteredV1', 'user_id, org_id?, email, registered_at, correlation_id'],
  'huleedu.identity.email.verification.requested.v1': [
    'EmailVerificationRequestedV1',
    'user_id, email, verification_token, expires_at, correlation_id',
  ],
  'huleedu.identity.email.verified.v1': ['EmailVerifiedV1', 'user_id, verified_at, correlation_id'],
  'huleedu.identity.password.reset.requested.v1': [
    'PasswordResetRequestedV1',
    'user_id, email, token_id, expires_at, correlation_id',
  ],
  'huleedu.identity.password.reset.completed.v1': ['PasswordResetCompletedV1', 'user_id, reset_at, correlation_id'],
  'huleedu.identity.login.succeeded.v1': ['LoginSucceededV1', 'user_id, org_id?, timestamp, correlation_id'],
  'huleedu.identity.login.failed.v1': ['LoginFailedV1', 'email, reason, timestamp, correlation_id'],
  'huleedu.identity.password.changed.v1': ['PasswordChangedV1', 'user_id, changed_at, correlation_id'],
  'huleedu.identity.session.revoked.v1': [
    'SessionRevokedV1',
    'user_id, session_id, reason, revoked_at, correlation_id',
  ],
  'huleedu.identity.account.locked.v1': ['AccountLockedV1', 'user_id, locked_until, correlation_id'],
  'huleedu.identity.account.claimed.v1': ['AccountClaimedV1', 'user_id, claimed_at, correlation_id'],
  'huleedu.identity.account.deleted.v1': ['AccountDeletedV1', 'user_id, deleted_at, correlation_id'],
  'huleedu.identity.org.created.v1': ['OrgCreatedV1', 'org_id, user_id, roles, at, correlation_id'],
  'huleedu.identity.org.member.added.v1': ['OrgMemberAddedV1', 'org_id, user_id, roles, at, correlation_id'],
  'huleedu.identity.org.member.roles.changed.v1': [
    'OrgMemberRolesChangedV1',
    'org_id, user_id, roles, at, correlation_id',
  ],
  'huleedu.identity.org.member.removed.v1': ['OrgMemberRemovedV1', 'org_id, user_id, roles, at, correlation_id'],
  'huleedu.email.notification.requested.v1': [
    'NotificationEmailRequestedV1',
    'message_id, template_id, to, variables, category, correlation_id',
  ],
  'huleedu.email.sent.v1': ['EmailSentV1', 'message_id, provider, sent_at, correlation_id'],
  'huleedu.email.delivery_failed.v1': [
    'EmailDeliveryFailedV1',
    'message_id, provider, failed_at, reason, correlation_id',
  ],
  'huleedu.entitlements.subscription.activated.v1': [
    'SubscriptionActivatedV1',
    'subject, plan_id, activated_at, correlation_id',
  ],
  'huleedu.entitlements.subscription.changed.v1': [
    'SubscriptionChangedV1',
    'subject, old_plan_id?, new_plan_id, changed_at, correlation_id',
  ],
  'huleedu.entitlements.subscription.canceled.v1': [
    'SubscriptionCanceledV1',
    'subject, plan_id, canceled_at, correlation_id',
  ],
  'huleedu.entitlements.usage.authorized.v1': [
    'UsageAuthorizedV1',
    'subject, metric, amount=1, authorization_id, expires_at?, correlation_id',
  ],
  'huleedu.entitlements.usage.recorded.v1': [
    'UsageRecordedV1',
    'subject, metric, amount=1, period_start, period_end, correlation_id',
  ],
  'huleedu.entitlements.credit.balance.changed.v1': [
    'CreditBalanceChangedV1',
    'subject, delta, new_balance, reason, correlation_id',
  ],
  'huleedu.entitlements.rate_limit.exceeded.v1': [
    'RateLimitExceededV1',
    'subject, metric, limit, window_seconds, correlation_id',
  ],
  'huleedu.entitlements.resource.access.granted.v1': [
    'ResourceAccessGrantedV1',
    'resource_id, subject?, email_hash?, rights=["read"], expires_at?, correlation_id',
  ],
};
const SHARED: Record<keyof typeof sharedModels, string> = {
  SubjectRefV1: 'type, id',
  EntitlementDefinitionV1: 'feature, limit_per_window?, window_seconds?, cost_per_unit?',
  PlanV1: 'plan_id, name, entitlements',
  JwksPublicKeyV1: 'kid, kty, n, e, alg="RS256", use="sig"',
  JwksResponseV1: 'keys',
};

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
    expect(fieldsOf(contract.schema)).toBe(fields);
  });

  it.each(Object.entries(SHARED))('%s, on no topic, has its fields to the letter', (name, fields) => {
    expect(fieldsOf(sharedModels[name as keyof typeof sharedModels].schema)).toBe(fields);
  });

  it('hold no topic that the contract does not name', () => {
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

  it('bear a field that a later release added', () => {
    const { schema } = events['huleedu.identity.user.registered.v1'];
    expect(schema.parse({ ...registered, referrer: 'a friend' })).toEqual(registered);
  });

  it('S63: read null for an optional field as the field left out, in what other services publish', () => {
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
    // One that is needed is not left out.
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
    ['an id that is no UUID', { user_id: 'ann' }],
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

  it('as built satisfies the schema that consumers check it with', () => {
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

/** `user_id, org_id?, amount=1`: the notation of the contract. */
function fieldsOf(schema: z.ZodMiniObject): string {
  return Object.entries(schema.shape)
    .map(([name, field]) => {
      const absent = (field as z.ZodMiniType).safeParse(undefined);
      if (!absent.success) return name;
      return absent.data === undefined ? `${name}?` : `${name}=${JSON.stringify(absent.data)}`;
    })
    .join(', ');
}
