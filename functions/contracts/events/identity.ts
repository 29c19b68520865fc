/** What this service announces: accounts, sessions, organisations. */
import * as z from 'zod/mini';
import { correlation_id, email, id, org_id, text, time, user_id } from './fields.ts';

export const UserRegisteredV1 = z.object({
  user_id,
  org_id: z.optional(org_id),
  email,
  registered_at: time,
  correlation_id,
});

export const EmailVerificationRequestedV1 = z.object({
  user_id,
  email,
  verification_token: id.check(
    z.describe("The link's id. The secret that opens it is made when the mail is sent, and only then."),
  ),
  expires_at: time,
  correlation_id,
});

export const EmailVerifiedV1 = z.object({ user_id, verified_at: time, correlation_id });

export const EmailChangedV1 = z.object({ user_id, email, changed_at: time, correlation_id });

export const PasswordResetRequestedV1 = z.object({
  user_id,
  email,
  token_id: id.check(
    z.describe("The link's id. The secret that opens it is made when the mail is sent, and only then."),
  ),
  expires_at: time,
  correlation_id,
});

export const PasswordResetCompletedV1 = z.object({ user_id, reset_at: time, correlation_id });

export const LoginSucceededV1 = z.object({ user_id, org_id: z.optional(org_id), timestamp: time, correlation_id });

export const LoginFailedV1 = z.object({
  email: text.check(z.describe('As typed; it need not belong to an account.')),
  reason: z.enum(['user_not_found', 'invalid_password', 'account_locked', 'email_unverified', 'rate_limit_exceeded']),
  timestamp: time,
  correlation_id,
});

export const PasswordChangedV1 = z.object({ user_id, changed_at: time, correlation_id });

export const SessionRevokedV1 = z.object({
  user_id,
  session_id: id,
  reason: z.enum(['logout', 'user', 'admin', 'password_change', 'password_reset', 'reuse_detected', 'expired']),
  revoked_at: time,
  correlation_id,
});

export const AccountLockedV1 = z.object({ user_id, locked_until: time, correlation_id });

export const AccountClaimedV1 = z.object({
  user_id,
  claimed_at: time.check(z.describe('Older data may belong to somebody else who registered the address.')),
  correlation_id,
});

const factorChange = {
  user_id,
  factor: text.check(
    z.describe('`passkey`, `totp` (an authenticator app) or `recovery` (a set of codes); others may follow.'),
  ),
  at: time,
  correlation_id,
};

export const FactorAddedV1 = z.object(factorChange);
export const FactorRemovedV1 = z.object(factorChange);

const client_id = text.check(z.describe('The client, as its tokens have it.'));
const scopes = z.array(text);

export const ConsentGrantedV1 = z.object({
  user_id,
  client_id,
  scopes: scopes.check(z.describe('All that the person has agreed to, not only what was added.')),
  resources: z.array(text).check(z.describe('What the tokens may be meant for, beside its default.')),
  granted_at: time,
  correlation_id,
});

export const ConsentWithdrawnV1 = z.object({ user_id, client_id, withdrawn_at: time, correlation_id });

const client = {
  client_id,
  name: text.check(z.describe('As people read it.')),
  kind: z.enum(['public', 'confidential', 'machine']),
  org_id: z.optional(id.check(z.describe('The organisation that owns it; left out where none does.'))),
  at: time,
  correlation_id,
};

export const ClientCreatedV1 = z.object(client);
export const ClientChangedV1 = z.object(client);
export const ClientRemovedV1 = z.object({ client_id, at: time, correlation_id });

export const ClientSignedOutV1 = z.object({
  user_id,
  client_id,
  sid: text.check(z.describe("What the client's ID tokens call the session.")),
  at: time,
  correlation_id,
});

export const AccountDeletedV1 = z.object({ user_id, deleted_at: time, correlation_id });

const membership = {
  org_id: id,
  user_id,
  roles: z.array(text).check(z.describe("The user's roles in the organisation, after the change.")),
  at: time,
  correlation_id,
};

export const OrgCreatedV1 = z.object(membership);
export const OrgMemberAddedV1 = z.object(membership);
export const OrgMemberRolesChangedV1 = z.object(membership);
export const OrgMemberRemovedV1 = z.object({
  ...membership,
  roles: z.array(text).check(z.describe('The roles that the user had in the organisation.')),
});

export const OrgPolicyChangedV1 = z.object({
  org_id: id,
  level_2_required: z.boolean(),
  level_2_roles: z.optional(
    z.array(text).check(z.describe('Whose second factor is asked for; left out for all members, or for none.')),
  ),
  level_2_from: z.optional(time.check(z.describe('From when on; until then members are told.'))),
  shared_devices: z.boolean().check(z.describe('Members share devices: applications should keep nobody signed in.')),
  at: time,
  correlation_id,
});
