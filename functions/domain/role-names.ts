/** The roles of this stage (S64), in an organisation and without one. */
import { managingRoles } from './roles.ts';
import type { Settings } from './settings.ts';

export interface RoleSettings extends Pick<Settings, 'defaultRole'> {
  readonly organizations: Pick<Settings['organizations'], 'roles'>;
}

/** @returns undefined if every lower-case name is a role */
export const listedRoles = ({ organizations: { roles } }: RoleSettings): readonly string[] | undefined =>
  roles && [...new Set([...managingRoles, ...roles])];

export const isRole = (role: string, settings: RoleSettings): boolean => listedRoles(settings)?.includes(role) ?? true;

/** The roles of a person who is in no organisation, or whose session is in none. */
export const rolesWithoutOrganization = ({ defaultRole }: RoleSettings): readonly string[] =>
  defaultRole === undefined ? [] : [defaultRole];
