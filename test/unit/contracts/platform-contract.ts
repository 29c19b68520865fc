import type { sharedModels, Topic } from '../../../functions/contracts/events/registry.ts';

/** The platform's contract, `?` for optional and `=` for a default. The code is held to it; it may add optional fields. */
export const CONTRACT: Record<Topic, [model: string, fields: string]> = {
  'huleedu.identity.user.registered.v1': ['UserRegisteredV1', 'user_id, org_id?, email, registered_at, correlation_id'],
  'huleedu.identity.email.verification.requested.v1': [
    'EmailVerificationRequestedV1',
    'user_id, email, verification_token, expires_at, correlation_id',
  ],
  'huleedu.identity.email.verified.v1': ['EmailVerifiedV1', 'user_id, verified_at, correlation_id'],
  'huleedu.identity.email.changed.v1': ['EmailChangedV1', 'user_id, email, changed_at, correlation_id'],
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
  'huleedu.identity.factor.added.v1': ['FactorAddedV1', 'user_id, factor, at, correlation_id'],
  'huleedu.identity.factor.removed.v1': ['FactorRemovedV1', 'user_id, factor, at, correlation_id'],
  'huleedu.identity.account.deleted.v1': ['AccountDeletedV1', 'user_id, deleted_at, correlation_id'],
  'huleedu.identity.org.created.v1': ['OrgCreatedV1', 'org_id, user_id, roles, at, correlation_id'],
  'huleedu.identity.org.member.added.v1': ['OrgMemberAddedV1', 'org_id, user_id, roles, at, correlation_id'],
  'huleedu.identity.org.member.roles.changed.v1': [
    'OrgMemberRolesChangedV1',
    'org_id, user_id, roles, at, correlation_id',
  ],
  'huleedu.identity.org.member.removed.v1': ['OrgMemberRemovedV1', 'org_id, user_id, roles, at, correlation_id'],
  'huleedu.identity.org.policy.changed.v1': [
    'OrgPolicyChangedV1',
    'org_id, level_2_required, level_2_roles?, level_2_from?, shared_devices, at, correlation_id',
  ],
  'huleedu.identity.consent.granted.v1': [
    'ConsentGrantedV1',
    'user_id, client_id, scopes, resources, granted_at, correlation_id',
  ],
  'huleedu.identity.consent.withdrawn.v1': ['ConsentWithdrawnV1', 'user_id, client_id, withdrawn_at, correlation_id'],
  'huleedu.identity.client.created.v1': ['ClientCreatedV1', 'client_id, name, kind, org_id?, at, correlation_id'],
  'huleedu.identity.client.changed.v1': ['ClientChangedV1', 'client_id, name, kind, org_id?, at, correlation_id'],
  'huleedu.identity.client.removed.v1': ['ClientRemovedV1', 'client_id, at, correlation_id'],
  'huleedu.identity.client.signed_out.v1': ['ClientSignedOutV1', 'user_id, client_id, sid, at, correlation_id'],
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
export const SHARED: Record<keyof typeof sharedModels, string> = {
  SubjectRefV1: 'type, id',
  EntitlementDefinitionV1: 'feature, limit_per_window?, window_seconds?, cost_per_unit?',
  PlanV1: 'plan_id, name, entitlements',
  JwksPublicKeyV1: 'kid, kty, n, e, alg="RS256", use="sig"',
  JwksResponseV1: 'keys',
};
