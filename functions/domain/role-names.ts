/** Which roles there are in this stage (S64), in an organisation and without one. */
import { settings } from '../runtime/settings.ts';
import { managingRoles } from './roles.ts';

/** Nothing where any lower-case name is one. */
export const listedRoles: readonly string[] | undefined = settings.organizations.roles && [
  ...new Set([...managingRoles, ...settings.organizations.roles]),
];

export const isRole = (role: string): boolean => listedRoles?.includes(role) ?? true;

/** What a person has who is in no organisation, or whose session is in none. */
export const rolesWithoutOrganization: readonly string[] =
  settings.defaultRole === undefined ? [] : [settings.defaultRole];
