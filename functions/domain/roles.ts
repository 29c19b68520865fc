/** Who may grant which role in an organisation. Routes, statements and tests use this one table. */

/**
 * From the highest down. A holder of one manages members, and may grant and take that role, those after it, and all
 * that are not listed: `teacher`, `member`, and the tenant's own, which mean nothing to us.
 */
export const managingRoles = ['owner', 'admin'] as const;

/** 0 for a person who manages nobody; the owner's is the highest. */
export function rankOf(roles: readonly string[]): number {
  return Math.max(0, ...managingRoles.map((role, index) => (roles.includes(role) ? managingRoles.length - index : 0)));
}

export const MANAGES = rankOf(['admin']);
export const OWNS = rankOf(['owner']);

/** One of a person's `platform_roles`: it allows support actions on every account (functions/routes/admin). */
export const PLATFORM_ADMIN = 'admin';
