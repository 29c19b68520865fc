/** Requests and answers for people with the platform role `admin`, and the export of an account to its owner. */
import * as z from 'zod/mini';
import { emailAddress, exportCursor, id, nextCursor, optional, password, peopleText, time } from './fields.ts';
import { Organization } from './organizations.ts';
import { shownProfile } from './profile.ts';

export const FindUsersQuery = z.object({ email: emailAddress });

const account = {
  user_id: id,
  email: z.string(),
  email_verified: z.boolean(),
  ...shownProfile,
  platform_roles: z.array(z.string()),
  registered_at: time,
};

export const AdministeredUser = z.object({
  ...account,
  /** Set by an administrator. A lock by failed logins belongs to the address, and ends by itself. */
  locked_until: z.nullable(time),
  live_sessions: z.int(),
  /** Why the address gets no mail, until it is proved anew or an administrator unlocks the account. */
  mail_stopped: z.nullable(
    z.object({
      reason: z.enum(['bounce', 'complaint']),
      /** Not even the links to verify the address and to set a new password. */
      links_too: z.boolean(),
      since: time,
    }),
  ),
  orgs: z.array(Organization),
});
export type AdministeredUser = z.infer<typeof AdministeredUser>;
export const FindUsersResponse = z.object({ users: z.array(AdministeredUser) });

export const LockRequest = z.object({ until: optional(time) });
export const LockResponse = z.object({ user_id: id, locked_until: z.nullable(time) });
/** Why, for whoever reads the audit log; it goes with the account. */
export const ResetFactorsRequest = z.object({ reason: peopleText(200) });
export const ResetFactorsResponse = z.object({ user_id: id, link_expires_at: time });
export const RevokedResponse = z.object({ revoked: z.int() });

export const AuditEntry = z.object({
  entry_id: id,
  occurred_at: time,
  action: z.string(),
  user_id: z.nullable(id),
  actor_id: z.nullable(id),
  ip_address: z.nullable(z.string()),
  correlation_id: id,
  detail: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditResponse = z.object({ entries: z.array(AuditEntry), next_cursor: nextCursor });

/** Whoever has authenticated within minutes may leave the password out. */
export const DeleteMeRequest = z.object({ password: optional(password) });

export const ExportQuery = z.object({ cursor: z.optional(exportCursor) });
export const ExportResponse = z.object({
  profile: z.object({
    ...account,
    source: z.enum(['registration', 'import', 'provisioning', 'unknown']),
    /** Kept until the address is proved. */
    registered_from: z.nullable(z.object({ ip_address: z.string(), user_agent: z.nullable(z.string()) })),
    /** Mail to the address stopped: it came back, or its reader complained. */
    mail_stopped: z.nullable(z.object({ reason: z.enum(['bounce', 'complaint']), since: time })),
    updated_at: time,
  }),
  memberships: z.array(z.object({ ...Organization.shape, joined_at: time })),
  sessions: z.array(
    z.object({
      session_id: id,
      org_id: z.nullable(id),
      device_name: z.nullable(z.string()),
      user_agent: z.nullable(z.string()),
      ip_address: z.string(),
      created_at: time,
      authenticated_at: time,
      last_seen_at: time,
      revoked_at: z.nullable(time),
      revoked_reason: z.nullable(z.string()),
      /** `api`: of the JSON door. `browser`: of the hosted pages. `client`: what a client was given. */
      kind: z.string(),
      client_id: z.nullable(z.string()),
      scope: z.nullable(z.array(z.string())),
      resource: z.nullable(z.array(z.string())),
    }),
  ),
  invitations: z.array(
    z.object({ invitation_id: id, org_id: id, email: z.string(), roles: z.array(z.string()), created_at: time }),
  ),
  consents: z.array(
    z.object({
      client_id: z.string(),
      scopes: z.array(z.string()),
      resources: z.array(z.string()),
      given_at: time,
    }),
  ),
  audit: z.array(AuditEntry),
  mails: z.array(z.object({ message_id: z.string(), sent_at: time, failed_at: z.nullable(time) })),
  /** Without keys and secrets. */
  factors: z.array(
    z.object({
      factor_id: id,
      kind: z.string(),
      name: z.nullable(z.string()),
      synced: z.nullable(z.boolean()),
      created_at: time,
      last_used_at: z.nullable(time),
    }),
  ),
  email_changes: z.array(
    z.object({
      change_id: id,
      old_email: z.string(),
      new_email: z.string(),
      requested_at: time,
      confirmed_at: z.nullable(time),
      cancelled_at: z.nullable(time),
      undone_at: z.nullable(time),
    }),
  ),
  next_cursor: nextCursor,
});
