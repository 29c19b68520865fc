import { roles } from '../contracts/http/organizations.ts';
import { isRole, listedRoles, type RoleSettings } from '../domain/role-names.ts';

/** The field `roles` of a request: those alone that there are in this stage. */
export const existingRoles = (settings: RoleSettings) =>
  roles.check(({ value, issues }) => {
    for (const [index, role] of value.entries()) {
      if (isRole(role, settings)) continue;
      const message = `there are ${listedRoles(settings)?.join(', ')}`;
      issues.push({ code: 'custom', input: role, path: [index], message });
    }
  });
