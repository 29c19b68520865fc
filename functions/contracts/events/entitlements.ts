/** The entitlements service's contract, which another service fills: plans, usage, credits, access. */
import * as z from 'zod/mini';
import { correlation_id, optional, text, time, withDefault } from './fields.ts';

/** The organisation or user that has the entitlement. */
export const SubjectRefV1 = z.object({ type: z.enum(['org', 'user']), id: text });

const subject = SubjectRefV1;
const metric = text.check(z.describe('What is counted, as the counting service names it.'));
const amount = withDefault(z.int(), 1);

export const SubscriptionActivatedV1 = z.object({ subject, plan_id: text, activated_at: time, correlation_id });

export const SubscriptionChangedV1 = z.object({
  subject,
  old_plan_id: optional(text),
  new_plan_id: text,
  changed_at: time,
  correlation_id,
});

export const SubscriptionCanceledV1 = z.object({ subject, plan_id: text, canceled_at: time, correlation_id });

export const UsageAuthorizedV1 = z.object({
  subject,
  metric,
  amount,
  authorization_id: text,
  expires_at: optional(time),
  correlation_id,
});

export const UsageRecordedV1 = z.object({
  subject,
  metric,
  amount,
  period_start: time,
  period_end: time,
  correlation_id,
});

export const CreditBalanceChangedV1 = z.object({
  subject,
  delta: z.int().check(z.describe('Negative when credits were spent.')),
  new_balance: z.int(),
  reason: text,
  correlation_id,
});

export const RateLimitExceededV1 = z.object({
  subject,
  metric,
  limit: z.int(),
  window_seconds: z.int(),
  correlation_id,
});

export const ResourceAccessGrantedV1 = z.object({
  resource_id: text,
  subject: optional(subject),
  email_hash: optional(text),
  rights: withDefault(z.array(text), ['read']),
  expires_at: optional(time),
  correlation_id,
});

export const EntitlementDefinitionV1 = z.object({
  feature: text,
  limit_per_window: optional(z.int()),
  window_seconds: optional(z.int()),
  cost_per_unit: optional(z.int()),
});

export const PlanV1 = z.object({ plan_id: text, name: text, entitlements: z.array(EntitlementDefinitionV1) });
