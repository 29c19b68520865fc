/** Written by `npm run contracts` from functions/contracts/events; do not edit. */

/** `data` of huleedu.identity.user.registered.v1. An account was made. */
export interface UserRegisteredV1 {
  readonly user_id: string;
  /** The organisation in which it happened. */
  readonly org_id?: string;
  /** As its owner wrote it; compare case-insensitively. */
  readonly email: string;
  readonly registered_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.email.verification.requested.v1. A verification link is to be mailed; it voids the older ones. */
export interface EmailVerificationRequestedV1 {
  readonly user_id: string;
  /** As its owner wrote it; compare case-insensitively. */
  readonly email: string;
  /** The link's id. The secret that opens it is made when the mail is sent, and only then. */
  readonly verification_token: string;
  readonly expires_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.email.verified.v1. The owner of an address followed its verification link. */
export interface EmailVerifiedV1 {
  readonly user_id: string;
  readonly verified_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.email.changed.v1. An account has another address, which is proved: the new one, or the one before, which undid a change. */
export interface EmailChangedV1 {
  readonly user_id: string;
  /** As its owner wrote it; compare case-insensitively. */
  readonly email: string;
  readonly changed_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.password.reset.requested.v1. A reset link is to be mailed; it voids the older ones. Sent only if the address has an account. */
export interface PasswordResetRequestedV1 {
  readonly user_id: string;
  /** As its owner wrote it; compare case-insensitively. */
  readonly email: string;
  /** The link's id. The secret that opens it is made when the mail is sent, and only then. */
  readonly token_id: string;
  readonly expires_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.password.reset.completed.v1. A new password was set through a reset link; every session ended. */
export interface PasswordResetCompletedV1 {
  readonly user_id: string;
  readonly reset_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.login.succeeded.v1. A session began. */
export interface LoginSucceededV1 {
  readonly user_id: string;
  /** The organisation in which it happened. */
  readonly org_id?: string;
  readonly timestamp: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.login.failed.v1. A login was refused, whether or not the address has an account. */
export interface LoginFailedV1 {
  /** As typed; it need not belong to an account. */
  readonly email: string;
  readonly reason:
    | 'user_not_found'
    | 'invalid_password'
    | 'account_locked'
    | 'email_unverified'
    | 'rate_limit_exceeded';
  readonly timestamp: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.password.changed.v1. A user who knew the old password changed it; every other session ended. */
export interface PasswordChangedV1 {
  readonly user_id: string;
  readonly changed_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.session.revoked.v1. A session ended, for the given reason. */
export interface SessionRevokedV1 {
  readonly user_id: string;
  readonly session_id: string;
  readonly reason: 'logout' | 'user' | 'admin' | 'password_change' | 'password_reset' | 'reuse_detected' | 'expired';
  readonly revoked_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.account.locked.v1. Failed logins in a row locked an account. Sent once for each lock. */
export interface AccountLockedV1 {
  readonly user_id: string;
  readonly locked_until: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.account.claimed.v1. The owner of an unproved address took the account over, without its password; all sessions, links and the password ended. */
export interface AccountClaimedV1 {
  readonly user_id: string;
  /** Older data may belong to somebody else who registered the address. */
  readonly claimed_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.factor.added.v1. An account has a further factor to sign in with, or a new set of recovery codes. */
export interface FactorAddedV1 {
  readonly user_id: string;
  /** `passkey`, `totp` (an authenticator app) or `recovery` (a set of codes); others may follow. */
  readonly factor: string;
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.factor.removed.v1. A factor of an account was removed, by its owner or by an administrator. */
export interface FactorRemovedV1 {
  readonly user_id: string;
  /** `passkey`, `totp` (an authenticator app) or `recovery` (a set of codes); others may follow. */
  readonly factor: string;
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.account.deleted.v1. An account's personal data was erased; every service erases its own copy. */
export interface AccountDeletedV1 {
  readonly user_id: string;
  readonly deleted_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.org.created.v1. An organisation was made; the user is its first owner. */
export interface OrgCreatedV1 {
  readonly org_id: string;
  readonly user_id: string;
  /** The user's roles in the organisation, after the change. */
  readonly roles: readonly string[];
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.org.member.added.v1. A user joined an organisation. */
export interface OrgMemberAddedV1 {
  readonly org_id: string;
  readonly user_id: string;
  /** The user's roles in the organisation, after the change. */
  readonly roles: readonly string[];
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.org.member.roles.changed.v1. A member's roles were changed. */
export interface OrgMemberRolesChangedV1 {
  readonly org_id: string;
  readonly user_id: string;
  /** The user's roles in the organisation, after the change. */
  readonly roles: readonly string[];
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.org.member.removed.v1. A user left an organisation or was removed from it. */
export interface OrgMemberRemovedV1 {
  readonly org_id: string;
  readonly user_id: string;
  /** The roles that the user had in the organisation. */
  readonly roles: readonly string[];
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.org.policy.changed.v1. An owner changed what an organisation asks of its members. */
export interface OrgPolicyChangedV1 {
  readonly org_id: string;
  readonly level_2_required: boolean;
  /** Whose second factor is asked for; left out for all members, or for none. */
  readonly level_2_roles?: readonly string[];
  /** From when on; until then members are told. */
  readonly level_2_from?: string;
  /** Members share devices: applications should keep nobody signed in. */
  readonly shared_devices: boolean;
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.consent.granted.v1. A person agreed to what a client may have. */
export interface ConsentGrantedV1 {
  readonly user_id: string;
  /** The client, as its tokens have it. */
  readonly client_id: string;
  /** All that the person has agreed to, not only what was added. */
  readonly scopes: readonly string[];
  /** What the tokens may be meant for, beside its default. */
  readonly resources: readonly string[];
  readonly granted_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.consent.withdrawn.v1. A person took the consent back; the client's sessions of that person ended. */
export interface ConsentWithdrawnV1 {
  readonly user_id: string;
  /** The client, as its tokens have it. */
  readonly client_id: string;
  readonly withdrawn_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.client.created.v1. A client was made: by the settings, an operator or its own registration. */
export interface ClientCreatedV1 {
  /** The client, as its tokens have it. */
  readonly client_id: string;
  /** As people read it. */
  readonly name: string;
  readonly kind: 'public' | 'confidential' | 'machine';
  /** The organisation that owns it; left out where none does. */
  readonly org_id?: string;
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.client.changed.v1. A client was changed, its secrets included. */
export interface ClientChangedV1 {
  /** The client, as its tokens have it. */
  readonly client_id: string;
  /** As people read it. */
  readonly name: string;
  readonly kind: 'public' | 'confidential' | 'machine';
  /** The organisation that owns it; left out where none does. */
  readonly org_id?: string;
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.client.removed.v1. A client was removed; its sessions ended. */
export interface ClientRemovedV1 {
  /** The client, as its tokens have it. */
  readonly client_id: string;
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.identity.client.signed_out.v1. A person's session at a client with a `backchannel_logout_uri` is over: the client is told by a logout token. */
export interface ClientSignedOutV1 {
  readonly user_id: string;
  /** The client, as its tokens have it. */
  readonly client_id: string;
  /** What the client's ID tokens call the session. */
  readonly sid: string;
  readonly at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.email.notification.requested.v1. A service asks for a mail. */
export interface NotificationEmailRequestedV1 {
  /** The asking service makes it; the mail is sent once for each. */
  readonly message_id: string;
  readonly template_id: string;
  readonly to: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly category: 'verification' | 'password_reset' | 'receipt' | 'teacher_notification' | 'system';
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.email.sent.v1. The provider took a mail. */
export interface EmailSentV1 {
  /** The asking service makes it; the mail is sent once for each. */
  readonly message_id: string;
  readonly provider: string;
  readonly sent_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.email.delivery_failed.v1. A mail failed for good: refused, returned, complained about, or for an address that gets none. */
export interface EmailDeliveryFailedV1 {
  /** The asking service makes it; the mail is sent once for each. */
  readonly message_id: string;
  readonly provider: string;
  readonly failed_at: string;
  readonly reason: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.entitlements.subscription.activated.v1. A subject has a plan from now on. */
export interface SubscriptionActivatedV1 {
  readonly subject: SubjectRefV1;
  readonly plan_id: string;
  readonly activated_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.entitlements.subscription.changed.v1. A subject changed from one plan to another. */
export interface SubscriptionChangedV1 {
  readonly subject: SubjectRefV1;
  readonly old_plan_id?: string;
  readonly new_plan_id: string;
  readonly changed_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.entitlements.subscription.canceled.v1. A subject no longer has its plan. */
export interface SubscriptionCanceledV1 {
  readonly subject: SubjectRefV1;
  readonly plan_id: string;
  readonly canceled_at: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.entitlements.usage.authorized.v1. A use was allowed and its amount was reserved. */
export interface UsageAuthorizedV1 {
  readonly subject: SubjectRefV1;
  /** What is counted, as the counting service names it. */
  readonly metric: string;
  /** 1 if it is left out. */
  readonly amount?: number;
  readonly authorization_id: string;
  readonly expires_at?: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.entitlements.usage.recorded.v1. A use was counted. */
export interface UsageRecordedV1 {
  readonly subject: SubjectRefV1;
  /** What is counted, as the counting service names it. */
  readonly metric: string;
  /** 1 if it is left out. */
  readonly amount?: number;
  readonly period_start: string;
  readonly period_end: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.entitlements.credit.balance.changed.v1. A subject's credits went up or down. */
export interface CreditBalanceChangedV1 {
  readonly subject: SubjectRefV1;
  /** Negative when credits were spent. */
  readonly delta: number;
  readonly new_balance: number;
  readonly reason: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.entitlements.rate_limit.exceeded.v1. A use was refused: there were too many within the window. */
export interface RateLimitExceededV1 {
  readonly subject: SubjectRefV1;
  /** What is counted, as the counting service names it. */
  readonly metric: string;
  readonly limit: number;
  readonly window_seconds: number;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** `data` of huleedu.entitlements.resource.access.granted.v1. A subject, or the owner of an address, may use a resource. */
export interface ResourceAccessGrantedV1 {
  readonly resource_id: string;
  readonly subject?: SubjectRefV1;
  readonly email_hash?: string;
  /** ["read"] if it is left out. */
  readonly rights?: readonly string[];
  readonly expires_at?: string;
  /** The request that caused this; the same in its answer, its log lines and all its events. */
  readonly correlation_id: string;
}

/** The organisation or user that has an entitlement. */
export interface SubjectRefV1 {
  readonly type: 'org' | 'user';
  readonly id: string;
}

/** How much of one feature a plan gives, in which time, at what price. */
export interface EntitlementDefinitionV1 {
  readonly feature: string;
  readonly limit_per_window?: number;
  readonly window_seconds?: number;
  readonly cost_per_unit?: number;
}

/** A plan and what it gives. */
export interface PlanV1 {
  readonly plan_id: string;
  readonly name: string;
  readonly entitlements: readonly EntitlementDefinitionV1[];
}

/** A public key that verifies access tokens (RFC 7517 §4). */
export interface JwksPublicKeyV1 {
  readonly kid: string;
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  /** "RS256" if it is left out. */
  readonly alg?: 'RS256';
  /** "sig" if it is left out. */
  readonly use?: 'sig';
}

/** The answer of /.well-known/jwks.json (RFC 7517 §5). */
export interface JwksResponseV1 {
  readonly keys: readonly JwksPublicKeyV1[];
}

/** `data` by topic. */
export interface EventsByTopic {
  readonly 'huleedu.identity.user.registered.v1': UserRegisteredV1;
  readonly 'huleedu.identity.email.verification.requested.v1': EmailVerificationRequestedV1;
  readonly 'huleedu.identity.email.verified.v1': EmailVerifiedV1;
  readonly 'huleedu.identity.email.changed.v1': EmailChangedV1;
  readonly 'huleedu.identity.password.reset.requested.v1': PasswordResetRequestedV1;
  readonly 'huleedu.identity.password.reset.completed.v1': PasswordResetCompletedV1;
  readonly 'huleedu.identity.login.succeeded.v1': LoginSucceededV1;
  readonly 'huleedu.identity.login.failed.v1': LoginFailedV1;
  readonly 'huleedu.identity.password.changed.v1': PasswordChangedV1;
  readonly 'huleedu.identity.session.revoked.v1': SessionRevokedV1;
  readonly 'huleedu.identity.account.locked.v1': AccountLockedV1;
  readonly 'huleedu.identity.account.claimed.v1': AccountClaimedV1;
  readonly 'huleedu.identity.factor.added.v1': FactorAddedV1;
  readonly 'huleedu.identity.factor.removed.v1': FactorRemovedV1;
  readonly 'huleedu.identity.account.deleted.v1': AccountDeletedV1;
  readonly 'huleedu.identity.org.created.v1': OrgCreatedV1;
  readonly 'huleedu.identity.org.member.added.v1': OrgMemberAddedV1;
  readonly 'huleedu.identity.org.member.roles.changed.v1': OrgMemberRolesChangedV1;
  readonly 'huleedu.identity.org.member.removed.v1': OrgMemberRemovedV1;
  readonly 'huleedu.identity.org.policy.changed.v1': OrgPolicyChangedV1;
  readonly 'huleedu.identity.consent.granted.v1': ConsentGrantedV1;
  readonly 'huleedu.identity.consent.withdrawn.v1': ConsentWithdrawnV1;
  readonly 'huleedu.identity.client.created.v1': ClientCreatedV1;
  readonly 'huleedu.identity.client.changed.v1': ClientChangedV1;
  readonly 'huleedu.identity.client.removed.v1': ClientRemovedV1;
  readonly 'huleedu.identity.client.signed_out.v1': ClientSignedOutV1;
  readonly 'huleedu.email.notification.requested.v1': NotificationEmailRequestedV1;
  readonly 'huleedu.email.sent.v1': EmailSentV1;
  readonly 'huleedu.email.delivery_failed.v1': EmailDeliveryFailedV1;
  readonly 'huleedu.entitlements.subscription.activated.v1': SubscriptionActivatedV1;
  readonly 'huleedu.entitlements.subscription.changed.v1': SubscriptionChangedV1;
  readonly 'huleedu.entitlements.subscription.canceled.v1': SubscriptionCanceledV1;
  readonly 'huleedu.entitlements.usage.authorized.v1': UsageAuthorizedV1;
  readonly 'huleedu.entitlements.usage.recorded.v1': UsageRecordedV1;
  readonly 'huleedu.entitlements.credit.balance.changed.v1': CreditBalanceChangedV1;
  readonly 'huleedu.entitlements.rate_limit.exceeded.v1': RateLimitExceededV1;
  readonly 'huleedu.entitlements.resource.access.granted.v1': ResourceAccessGrantedV1;
}
