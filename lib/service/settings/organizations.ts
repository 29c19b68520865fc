/** Settings of organisations and roles. */
import { z } from 'zod';
import { managingRoles } from '../../../functions/domain/roles.ts';
import { ROLE_NAME } from '../../../functions/packages/verify/role-name.ts';
import { days } from './units.ts';

const roleName = z
  .string()
  .regex(
    ROLE_NAME,
    'lower-case letters, digits, _ and -, a letter first, at most 32; platform roles are given by command',
  );

export const organizationSettings = {
  /** How many organisations a person may be in: GET /v1/orgs lists all in one result, at most 1 MiB by the Data API. */
  organizationsPerUser: z.int().positive().max(300).default(100),
  organizations: z
    .strictObject({
      /**
       * Who may found an organisation and be its owner: `anyone` with an account; a person with a `verified` address;
       * or the platform's `admins` (`npm run users -- grant-admin`), who then invite the owner and leave. The founder
       * has all roles in the organisation, so a service must compare a role's organisation with that of its data (S64).
       */
      foundedBy: z.enum(['anyone', 'verified', 'admins']).default('anyone'),
      /**
       * The roles besides `owner` and `admin`. By default any lower-case name is a role, so that each organisation has
       * its own. A role that is removed from the list is no longer in any token, whoever holds it.
       */
      roles: z.array(roleName).max(100).optional(),
    })
    .prefault({}),
  /**
   * The role of a person whose session is in no organisation, for services that need a role in every token. None by
   * default, because it would only say that there is an account.
   */
  defaultRole: roleName
    .refine((role) => !managingRoles.some((managing) => managing === role), 'a managing role needs an organisation')
    .optional(),
  /** An invitation works for this long, days. */
  invitationDays: days.max(90).default(7),
};
