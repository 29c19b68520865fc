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
  /** How many organisations a person may be in: what GET /v1/orgs lists on one page, within the Data API's 1 MiB a result. */
  organizationsPerUser: z.int().positive().max(300).default(100),
  organizations: z
    .strictObject({
      /**
       * Who may found one and be its owner: `anyone` with an account; who has `verified` their address; the platform's
       * `admins` (`npm run users -- grant-admin`), who then invite its owner and leave. Whoever founds one has every
       * role there is in it, so a service has to compare a role's organisation with its data's (S64).
       */
      foundedBy: z.enum(['anyone', 'verified', 'admins']).default('anyone'),
      /**
       * The roles that there are beside `owner` and `admin`. Any lower-case name by default, so that each organisation
       * has its own. One that is taken off the list is in no token any more, whoever holds it.
       */
      roles: z.array(roleName).max(100).optional(),
    })
    .prefault({}),
  /**
   * The role of a person whose session is in no organisation, for services that want one in every token. None by
   * default: it says no more than that there is an account.
   */
  defaultRole: roleName
    .refine((role) => !managingRoles.some((managing) => managing === role), 'nobody manages without an organisation')
    .optional(),
  /** An invitation works for this long, days. */
  invitationDays: days.max(90).default(7),
};
