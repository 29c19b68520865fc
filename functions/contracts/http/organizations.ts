/** Organisations, their members, invitations. */
import * as z from 'zod/mini';
import { ROLE_NAME } from '../../packages/verify/role-name.ts';
import { id, newEmailAddress, nextCursor, optional, peopleText, time, token } from './fields.ts';

/** `owner`, `admin`, and the stage's list (`organizations.roles`); without a list, any name that a tenant chooses. */
export const roleName = z
  .string()
  .check(
    z.regex(ROLE_NAME, { error: 'lower-case letters, digits, _ and -, a letter first, at most 32 characters' }),
    z.meta({ examples: ['teacher'] }),
  );

/** Roles stand in every access token, which travels in a header: with 20 roles it stays below 1.6 KB. */
const MOST_CHARACTERS = 300;
export const roles = z.array(roleName).check(
  z.minLength(1, { error: 'at least one role' }),
  z.maxLength(20, { error: 'at most 20 roles' }),
  z.refine((names) => new Set(names).size === names.length, { error: 'a role is named twice' }),
  z.refine((names) => names.join('').length <= MOST_CHARACTERS, {
    error: `at most ${MOST_CHARACTERS} characters in all`,
  }),
);

const heldRoles = z.array(z.string());

export const CreateOrganizationRequest = z.object({ name: peopleText(200) });
export const Organization = z.object({ org_id: id, name: z.string(), roles: heldRoles });
export const OrganizationsResponse = z.object({ orgs: z.array(Organization) });

export const Member = z.object({ user_id: id, email: z.string(), roles: heldRoles });
export const MembersResponse = z.object({ members: z.array(Member), next_cursor: nextCursor });
export const SetRolesRequest = z.object({ roles });
export const MemberRoles = z.object({ user_id: id, roles: heldRoles });

export const InviteRequest = z.object({ email: newEmailAddress, roles });
export const InviteResponse = z.object({ invitation_id: id, expires_at: time });
export const AcceptInvitationRequest = z.object({ token });

/** RFC 3339 has a year 0 (§1), PostgreSQL has none. */
export const policyDay = time.check(
  z.refine((value) => !value.startsWith('0000'), { error: 'must be after the year 0' }),
);
export const DemandRequest = z.object({
  /** Members with one of these roles; all members where it is left out. */
  roles: optional(roles),
  /** From then on; at once where it is left out. */
  from: optional(policyDay),
});
/** What is left out is not asked. */
export const PolicyRequest = z.object({
  /** Who has to show a second factor (level 2) to act in the organisation. */
  level_2: optional(DemandRequest),
  /** No device is known, nobody is kept signed in, and sessions end after half an hour without use. */
  shared_devices: optional(z.boolean()),
});
export const PolicyResponse = z.object({
  level_2: z.nullable(z.object({ roles: z.nullable(heldRoles), from: time })),
  shared_devices: z.boolean(),
});
