/** Which roles there are in this stage (S64), in an organisation and without one. */
import { managingRoles } from './roles.ts';
import type { Settings } from './settings.ts';

export interface RoleSettings extends Pick<Settings, 'defaultRole'> {
  readonly organizations: Pick<Settings['organizations'], 'roles'>;
}

/** @returns undefined where any lower-case name is one */
export const listedRoles = ({ organizations: { roles } }: RoleSettings): readonly string[] | undefined =>
  roles && [...new Set([...managingRoles, ...roles])];

export const isRole = (role: string, settings: RoleSettings): boolean => listedRoles(settings)?.includes(role) ?? true;

/** What a person has who is in no organisation, or whose session is in none. */
export const rolesWithoutOrganization = ({ defaultRole }: RoleSettings): readonly string[] =>
  defaultRole === undefined ? [] : [defaultRole];
