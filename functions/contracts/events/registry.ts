/**
 * Topic → schema, for every event that may be on the bus. A topic's name is its EventBridge detail type.
 *
 * It holds all schemas, so at run time import only its types, and each schema that you need from its own file.
 */
import type * as z from 'zod/mini';
import * as email from './email.ts';
import * as entitlements from './entitlements.ts';
import * as identity from './identity.ts';
import * as jwks from './jwks.ts';

export interface EventContract {
  /** Name of the data model; a breaking change is a new model and a new topic, `…v2`. */
  readonly model: string;
  readonly schema: z.ZodMiniObject;
  /** What has happened when this is sent, in the catalogue's words. */
  readonly when: string;
}

export const events = {
  'huleedu.identity.user.registered.v1': {
    model: 'UserRegisteredV1',
    schema: identity.UserRegisteredV1,
    when: 'An account was made.',
  },
  'huleedu.identity.email.verification.requested.v1': {
    model: 'EmailVerificationRequestedV1',
    schema: identity.EmailVerificationRequestedV1,
    when: 'A verification link is to be mailed; it voids the older ones.',
  },
  'huleedu.identity.email.verified.v1': {
    model: 'EmailVerifiedV1',
    schema: identity.EmailVerifiedV1,
    when: 'The owner of an address followed its verification link.',
  },
  'huleedu.identity.email.changed.v1': {
    model: 'EmailChangedV1',
    schema: identity.EmailChangedV1,
    when: 'An account has another address, which is proved: the new one, or the one before, which undid a change.',
  },
  'huleedu.identity.password.reset.requested.v1': {
    model: 'PasswordResetRequestedV1',
    schema: identity.PasswordResetRequestedV1,
    when: 'A reset link is to be mailed; it voids the older ones. Sent only if the address has an account.',
  },
  'huleedu.identity.password.reset.completed.v1': {
    model: 'PasswordResetCompletedV1',
    schema: identity.PasswordResetCompletedV1,
    when: 'A new password was set through a reset link; every session ended.',
  },
  'huleedu.identity.login.succeeded.v1': {
    model: 'LoginSucceededV1',
    schema: identity.LoginSucceededV1,
    when: 'A session began.',
  },
  'huleedu.identity.login.failed.v1': {
    model: 'LoginFailedV1',
    schema: identity.LoginFailedV1,
    when: 'A login was refused, whether or not the address has an account.',
  },
  'huleedu.identity.password.changed.v1': {
    model: 'PasswordChangedV1',
    schema: identity.PasswordChangedV1,
    when: 'A user who knew the old password changed it; every other session ended.',
  },
  'huleedu.identity.session.revoked.v1': {
    model: 'SessionRevokedV1',
    schema: identity.SessionRevokedV1,
    when: 'A session ended, for the given reason.',
  },
  'huleedu.identity.account.locked.v1': {
    model: 'AccountLockedV1',
    schema: identity.AccountLockedV1,
    when: 'Failed logins in a row locked an account. Sent once for each lock.',
  },
  'huleedu.identity.account.claimed.v1': {
    model: 'AccountClaimedV1',
    schema: identity.AccountClaimedV1,
    when: 'The owner of an unproved address took the account over, without its password; all sessions, links and the password ended.',
  },
  'huleedu.identity.factor.added.v1': {
    model: 'FactorAddedV1',
    schema: identity.FactorAddedV1,
    when: 'An account has a further factor to sign in with, or a new set of recovery codes.',
  },
  'huleedu.identity.factor.removed.v1': {
    model: 'FactorRemovedV1',
    schema: identity.FactorRemovedV1,
    when: 'A factor of an account was removed, by its owner or by an administrator.',
  },
  'huleedu.identity.account.deleted.v1': {
    model: 'AccountDeletedV1',
    schema: identity.AccountDeletedV1,
    when: "An account's personal data was erased; every service erases its own copy.",
  },
  'huleedu.identity.org.created.v1': {
    model: 'OrgCreatedV1',
    schema: identity.OrgCreatedV1,
    when: 'An organisation was made; the user is its first owner.',
  },
  'huleedu.identity.org.member.added.v1': {
    model: 'OrgMemberAddedV1',
    schema: identity.OrgMemberAddedV1,
    when: 'A user joined an organisation.',
  },
  'huleedu.identity.org.member.roles.changed.v1': {
    model: 'OrgMemberRolesChangedV1',
    schema: identity.OrgMemberRolesChangedV1,
    when: "A member's roles were changed.",
  },
  'huleedu.identity.org.member.removed.v1': {
    model: 'OrgMemberRemovedV1',
    schema: identity.OrgMemberRemovedV1,
    when: 'A user left an organisation or was removed from it.',
  },
  'huleedu.identity.org.policy.changed.v1': {
    model: 'OrgPolicyChangedV1',
    schema: identity.OrgPolicyChangedV1,
    when: 'An owner changed what an organisation asks of its members.',
  },
  'huleedu.identity.consent.granted.v1': {
    model: 'ConsentGrantedV1',
    schema: identity.ConsentGrantedV1,
    when: 'A person agreed to what a client may have.',
  },
  'huleedu.identity.consent.withdrawn.v1': {
    model: 'ConsentWithdrawnV1',
    schema: identity.ConsentWithdrawnV1,
    when: "A person took the consent back; the client's sessions of that person ended.",
  },
  'huleedu.identity.client.created.v1': {
    model: 'ClientCreatedV1',
    schema: identity.ClientCreatedV1,
    when: 'A client was made: by the settings, an operator or its own registration.',
  },
  'huleedu.identity.client.changed.v1': {
    model: 'ClientChangedV1',
    schema: identity.ClientChangedV1,
    when: 'A client was changed, its secrets included.',
  },
  'huleedu.identity.client.removed.v1': {
    model: 'ClientRemovedV1',
    schema: identity.ClientRemovedV1,
    when: 'A client was removed; its sessions ended.',
  },
  'huleedu.identity.client.signed_out.v1': {
    model: 'ClientSignedOutV1',
    schema: identity.ClientSignedOutV1,
    when: "A person's session at a client with a `backchannel_logout_uri` is over: the client is told by a logout token.",
  },
  'huleedu.email.notification.requested.v1': {
    model: 'NotificationEmailRequestedV1',
    schema: email.NotificationEmailRequestedV1,
    when: 'A service asks for a mail.',
  },
  'huleedu.email.sent.v1': {
    model: 'EmailSentV1',
    schema: email.EmailSentV1,
    when: 'The provider took a mail.',
  },
  'huleedu.email.delivery_failed.v1': {
    model: 'EmailDeliveryFailedV1',
    schema: email.EmailDeliveryFailedV1,
    when: 'A mail failed for good: refused, returned, complained about, or for an address that gets none.',
  },
  'huleedu.entitlements.subscription.activated.v1': {
    model: 'SubscriptionActivatedV1',
    schema: entitlements.SubscriptionActivatedV1,
    when: 'A subject has a plan from now on.',
  },
  'huleedu.entitlements.subscription.changed.v1': {
    model: 'SubscriptionChangedV1',
    schema: entitlements.SubscriptionChangedV1,
    when: 'A subject changed from one plan to another.',
  },
  'huleedu.entitlements.subscription.canceled.v1': {
    model: 'SubscriptionCanceledV1',
    schema: entitlements.SubscriptionCanceledV1,
    when: 'A subject no longer has its plan.',
  },
  'huleedu.entitlements.usage.authorized.v1': {
    model: 'UsageAuthorizedV1',
    schema: entitlements.UsageAuthorizedV1,
    when: 'A use was allowed and its amount was reserved.',
  },
  'huleedu.entitlements.usage.recorded.v1': {
    model: 'UsageRecordedV1',
    schema: entitlements.UsageRecordedV1,
    when: 'A use was counted.',
  },
  'huleedu.entitlements.credit.balance.changed.v1': {
    model: 'CreditBalanceChangedV1',
    schema: entitlements.CreditBalanceChangedV1,
    when: "A subject's credits went up or down.",
  },
  'huleedu.entitlements.rate_limit.exceeded.v1': {
    model: 'RateLimitExceededV1',
    schema: entitlements.RateLimitExceededV1,
    when: 'A use was refused: there were too many within the window.',
  },
  'huleedu.entitlements.resource.access.granted.v1': {
    model: 'ResourceAccessGrantedV1',
    schema: entitlements.ResourceAccessGrantedV1,
    when: 'A subject, or the owner of an address, may use a resource.',
  },
} as const satisfies Readonly<Record<`huleedu.${string}`, EventContract>>;

/** Shared with other services; they have no topic. */
export const sharedModels = {
  SubjectRefV1: { schema: entitlements.SubjectRefV1, about: 'The organisation or user that has an entitlement.' },
  EntitlementDefinitionV1: {
    schema: entitlements.EntitlementDefinitionV1,
    about: 'How much of one feature a plan gives, in which time, at what price.',
  },
  PlanV1: { schema: entitlements.PlanV1, about: 'A plan and what it gives.' },
  JwksPublicKeyV1: {
    schema: jwks.JwksPublicKeyV1,
    about: 'A public key that verifies access tokens (RFC 7517 §4).',
  },
  JwksResponseV1: { schema: jwks.JwksResponseV1, about: 'The answer of /.well-known/jwks.json (RFC 7517 §5).' },
} as const satisfies Readonly<Record<string, { schema: z.ZodMiniObject; about: string }>>;

export type Topic = keyof typeof events;
/** `data` as a consumer has it after parsing, with defaults filled in. */
export type EventData<T extends Topic> = z.output<(typeof events)[T]['schema']>;

export const topics = Object.keys(events) as Topic[];
