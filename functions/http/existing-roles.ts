import { roles } from '../contracts/http/organizations.ts';
import { isRole, listedRoles } from '../domain/role-names.ts';

/** The field `roles` of a request: those alone that there are in this stage. */
export const existingRoles = roles.check(({ value, issues }) => {
  for (const [index, role] of value.entries()) {
    if (isRole(role)) continue;
    issues.push({ code: 'custom', input: role, path: [index], message: `there are ${listedRoles?.join(', ')}` });
  }
});
